-- The store's reads for spark, compiled from store/expressions.py; `make docs` writes this file anew.

-- read: cells
SELECT
  *
FROM (
  SELECT
    `t1`.`occurred`,
    `t1`.`actor`,
    `t1`.`recipient`,
    `t1`.`directed`,
    `t1`.`event_type`,
    CAST(SUM(`t1`.`n`) AS BIGINT) AS `n`,
    CAST(SUM(GREATEST(`t1`.`intensity_milli`, 0)) AS BIGINT) AS `cooperation_milli`,
    CAST(SUM(GREATEST(-(
      `t1`.`intensity_milli`
    ), 0)) AS BIGINT) AS `conflict_milli`,
    MIN(`t1`.`lowest_milli`) AS `lowest_milli`,
    CAST(SUM(
      (
        `t1`.`intensity_milli` * `t1`.`intensity_milli`
      ) DIV (
        GREATEST(`t1`.`n`, 1)
      )
    ) AS DOUBLE) AS `square_milli`
  FROM (
    SELECT
      *
    FROM `held_events` AS `t0`
    WHERE
      `t0`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
      AND `t0`.`occurred` >= CAST('{since}' AS DATE)
      AND `t0`.`occurred` <= CAST('{until}' AS DATE)
  ) AS `t1`
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS `t2`
ORDER BY
  `t2`.`occurred` ASC NULLS LAST,
  `t2`.`actor` ASC NULLS LAST,
  `t2`.`recipient` ASC NULLS LAST,
  `t2`.`directed` ASC NULLS LAST,
  `t2`.`event_type` ASC

-- read: cells_between
SELECT
  *
FROM (
  SELECT
    `t1`.`occurred`,
    `t1`.`actor`,
    `t1`.`recipient`,
    `t1`.`directed`,
    `t1`.`event_type`,
    CAST(SUM(`t1`.`n`) AS BIGINT) AS `n`,
    CAST(SUM(GREATEST(`t1`.`intensity_milli`, 0)) AS BIGINT) AS `cooperation_milli`,
    CAST(SUM(GREATEST(-(
      `t1`.`intensity_milli`
    ), 0)) AS BIGINT) AS `conflict_milli`,
    MIN(`t1`.`lowest_milli`) AS `lowest_milli`,
    CAST(SUM(
      (
        `t1`.`intensity_milli` * `t1`.`intensity_milli`
      ) DIV (
        GREATEST(`t1`.`n`, 1)
      )
    ) AS DOUBLE) AS `square_milli`
  FROM (
    SELECT
      *
    FROM `held_events` AS `t0`
    WHERE
      `t0`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
      AND `t0`.`occurred` >= CAST('{since}' AS DATE)
      AND `t0`.`occurred` <= CAST('{until}' AS DATE)
      AND `t0`.`actor` IN ('{actor}', '{other_actor}')
      AND `t0`.`recipient` IN ('{recipient}', '{other_recipient}')
  ) AS `t1`
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS `t2`
ORDER BY
  `t2`.`occurred` ASC NULLS LAST,
  `t2`.`actor` ASC NULLS LAST,
  `t2`.`recipient` ASC NULLS LAST,
  `t2`.`directed` ASC NULLS LAST,
  `t2`.`event_type` ASC

-- read: cells_by_role
SELECT
  *
FROM (
  SELECT
    `t1`.`occurred`,
    `t1`.`actor`,
    `t1`.`recipient`,
    `t1`.`directed`,
    `t1`.`role`,
    CAST(SUM(`t1`.`n`) AS BIGINT) AS `n`,
    CAST(SUM(GREATEST(`t1`.`intensity_milli`, 0)) AS BIGINT) AS `cooperation_milli`,
    CAST(SUM(GREATEST(-(
      `t1`.`intensity_milli`
    ), 0)) AS BIGINT) AS `conflict_milli`,
    CAST(SUM(
      (
        `t1`.`intensity_milli` * `t1`.`intensity_milli`
      ) DIV (
        GREATEST(`t1`.`n`, 1)
      )
    ) AS DOUBLE) AS `square_milli`
  FROM (
    SELECT
      `t0`.`provider`,
      `t0`.`occurred`,
      `t0`.`known_at`,
      `t0`.`actor`,
      `t0`.`recipient`,
      `t0`.`directed`,
      `t0`.`event_type`,
      `t0`.`provider_code`,
      `t0`.`n`,
      `t0`.`intensity_milli`,
      `t0`.`lowest_milli`,
      `t0`.`actor_role` AS `role`,
      `t0`.`recipient_role`,
      `t0`.`actor_name`,
      `t0`.`recipient_name`,
      `t0`.`place`,
      `t0`.`event_key`,
      `t0`.`locator`,
      `t0`.`line`,
      `t0`.`coder`,
      `t0`.`confidence`
    FROM `held_events` AS `t0`
    WHERE
      `t0`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
      AND `t0`.`occurred` >= CAST('{since}' AS DATE)
      AND `t0`.`occurred` <= CAST('{until}' AS DATE)
  ) AS `t1`
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS `t2`
ORDER BY
  `t2`.`occurred` ASC NULLS LAST,
  `t2`.`actor` ASC NULLS LAST,
  `t2`.`recipient` ASC NULLS LAST,
  `t2`.`directed` ASC NULLS LAST,
  `t2`.`role` ASC

-- read: cells_by_role_between
SELECT
  *
FROM (
  SELECT
    `t1`.`occurred`,
    `t1`.`actor`,
    `t1`.`recipient`,
    `t1`.`directed`,
    `t1`.`role`,
    CAST(SUM(`t1`.`n`) AS BIGINT) AS `n`,
    CAST(SUM(GREATEST(`t1`.`intensity_milli`, 0)) AS BIGINT) AS `cooperation_milli`,
    CAST(SUM(GREATEST(-(
      `t1`.`intensity_milli`
    ), 0)) AS BIGINT) AS `conflict_milli`,
    CAST(SUM(
      (
        `t1`.`intensity_milli` * `t1`.`intensity_milli`
      ) DIV (
        GREATEST(`t1`.`n`, 1)
      )
    ) AS DOUBLE) AS `square_milli`
  FROM (
    SELECT
      `t0`.`provider`,
      `t0`.`occurred`,
      `t0`.`known_at`,
      `t0`.`actor`,
      `t0`.`recipient`,
      `t0`.`directed`,
      `t0`.`event_type`,
      `t0`.`provider_code`,
      `t0`.`n`,
      `t0`.`intensity_milli`,
      `t0`.`lowest_milli`,
      `t0`.`actor_role` AS `role`,
      `t0`.`recipient_role`,
      `t0`.`actor_name`,
      `t0`.`recipient_name`,
      `t0`.`place`,
      `t0`.`event_key`,
      `t0`.`locator`,
      `t0`.`line`,
      `t0`.`coder`,
      `t0`.`confidence`
    FROM `held_events` AS `t0`
    WHERE
      `t0`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
      AND `t0`.`occurred` >= CAST('{since}' AS DATE)
      AND `t0`.`occurred` <= CAST('{until}' AS DATE)
      AND `t0`.`actor` IN ('{actor}', '{other_actor}')
      AND `t0`.`recipient` IN ('{recipient}', '{other_recipient}')
  ) AS `t1`
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS `t2`
ORDER BY
  `t2`.`occurred` ASC NULLS LAST,
  `t2`.`actor` ASC NULLS LAST,
  `t2`.`recipient` ASC NULLS LAST,
  `t2`.`directed` ASC NULLS LAST,
  `t2`.`role` ASC

-- read: cells_by_place
SELECT
  *
FROM (
  SELECT
    `t1`.`occurred`,
    `t1`.`actor`,
    `t1`.`recipient`,
    `t1`.`directed`,
    `t1`.`event_type`,
    `t1`.`provider_code`,
    `t1`.`place`,
    CAST(SUM(`t1`.`n`) AS BIGINT) AS `n`,
    CAST(SUM(GREATEST(`t1`.`intensity_milli`, 0)) AS BIGINT) AS `cooperation_milli`,
    CAST(SUM(GREATEST(-(
      `t1`.`intensity_milli`
    ), 0)) AS BIGINT) AS `conflict_milli`,
    CAST(SUM(
      (
        `t1`.`intensity_milli` * `t1`.`intensity_milli`
      ) DIV (
        GREATEST(`t1`.`n`, 1)
      )
    ) AS DOUBLE) AS `square_milli`
  FROM (
    SELECT
      *
    FROM `held_events` AS `t0`
    WHERE
      `t0`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
      AND `t0`.`occurred` >= CAST('{since}' AS DATE)
      AND `t0`.`occurred` <= CAST('{until}' AS DATE)
  ) AS `t1`
  GROUP BY
    1,
    2,
    3,
    4,
    5,
    6,
    7
) AS `t2`
ORDER BY
  `t2`.`occurred` ASC NULLS LAST,
  `t2`.`actor` ASC NULLS LAST,
  `t2`.`recipient` ASC NULLS LAST,
  `t2`.`directed` ASC NULLS LAST,
  `t2`.`event_type` ASC,
  `t2`.`provider_code` ASC,
  `t2`.`place` ASC

-- read: cells_by_place_between
SELECT
  *
FROM (
  SELECT
    `t1`.`occurred`,
    `t1`.`actor`,
    `t1`.`recipient`,
    `t1`.`directed`,
    `t1`.`event_type`,
    `t1`.`provider_code`,
    `t1`.`place`,
    CAST(SUM(`t1`.`n`) AS BIGINT) AS `n`,
    CAST(SUM(GREATEST(`t1`.`intensity_milli`, 0)) AS BIGINT) AS `cooperation_milli`,
    CAST(SUM(GREATEST(-(
      `t1`.`intensity_milli`
    ), 0)) AS BIGINT) AS `conflict_milli`,
    CAST(SUM(
      (
        `t1`.`intensity_milli` * `t1`.`intensity_milli`
      ) DIV (
        GREATEST(`t1`.`n`, 1)
      )
    ) AS DOUBLE) AS `square_milli`
  FROM (
    SELECT
      *
    FROM `held_events` AS `t0`
    WHERE
      `t0`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
      AND `t0`.`occurred` >= CAST('{since}' AS DATE)
      AND `t0`.`occurred` <= CAST('{until}' AS DATE)
      AND `t0`.`actor` IN ('{actor}', '{other_actor}')
      AND `t0`.`recipient` IN ('{recipient}', '{other_recipient}')
  ) AS `t1`
  GROUP BY
    1,
    2,
    3,
    4,
    5,
    6,
    7
) AS `t2`
ORDER BY
  `t2`.`occurred` ASC NULLS LAST,
  `t2`.`actor` ASC NULLS LAST,
  `t2`.`recipient` ASC NULLS LAST,
  `t2`.`directed` ASC NULLS LAST,
  `t2`.`event_type` ASC,
  `t2`.`provider_code` ASC,
  `t2`.`place` ASC

-- read: events
SELECT
  *
FROM `held_events` AS `t0`
WHERE
  `t0`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
  AND `t0`.`occurred` >= CAST('{since}' AS DATE)
  AND `t0`.`occurred` <= CAST('{until}' AS DATE)
ORDER BY
  `t0`.`occurred` ASC NULLS LAST,
  `t0`.`known_at` ASC NULLS LAST,
  `t0`.`actor` ASC NULLS LAST,
  `t0`.`recipient` ASC NULLS LAST,
  `t0`.`provider_code` ASC NULLS LAST,
  `t0`.`event_key` ASC NULLS LAST,
  `t0`.`line` ASC NULLS LAST,
  `t0`.`provider` ASC NULLS LAST,
  `t0`.`directed` ASC NULLS LAST,
  `t0`.`event_type` ASC NULLS LAST,
  `t0`.`n` ASC NULLS LAST,
  `t0`.`intensity_milli` ASC NULLS LAST,
  `t0`.`lowest_milli` ASC NULLS LAST,
  `t0`.`actor_role` ASC NULLS LAST,
  `t0`.`recipient_role` ASC NULLS LAST,
  `t0`.`actor_name` ASC NULLS LAST,
  `t0`.`recipient_name` ASC NULLS LAST,
  `t0`.`place` ASC NULLS LAST,
  `t0`.`locator` ASC NULLS LAST,
  `t0`.`coder` ASC NULLS LAST,
  `t0`.`confidence` ASC NULLS LAST

-- read: events_between
SELECT
  *
FROM `held_events` AS `t0`
WHERE
  `t0`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
  AND `t0`.`occurred` >= CAST('{since}' AS DATE)
  AND `t0`.`occurred` <= CAST('{until}' AS DATE)
  AND `t0`.`actor` IN ('{actor}', '{other_actor}')
  AND `t0`.`recipient` IN ('{recipient}', '{other_recipient}')
ORDER BY
  `t0`.`occurred` ASC NULLS LAST,
  `t0`.`known_at` ASC NULLS LAST,
  `t0`.`actor` ASC NULLS LAST,
  `t0`.`recipient` ASC NULLS LAST,
  `t0`.`provider_code` ASC NULLS LAST,
  `t0`.`event_key` ASC NULLS LAST,
  `t0`.`line` ASC NULLS LAST,
  `t0`.`provider` ASC NULLS LAST,
  `t0`.`directed` ASC NULLS LAST,
  `t0`.`event_type` ASC NULLS LAST,
  `t0`.`n` ASC NULLS LAST,
  `t0`.`intensity_milli` ASC NULLS LAST,
  `t0`.`lowest_milli` ASC NULLS LAST,
  `t0`.`actor_role` ASC NULLS LAST,
  `t0`.`recipient_role` ASC NULLS LAST,
  `t0`.`actor_name` ASC NULLS LAST,
  `t0`.`recipient_name` ASC NULLS LAST,
  `t0`.`place` ASC NULLS LAST,
  `t0`.`locator` ASC NULLS LAST,
  `t0`.`coder` ASC NULLS LAST,
  `t0`.`confidence` ASC NULLS LAST

-- read: pairs
SELECT
  *
FROM (
  SELECT
    CONCAT(
      CONCAT(LEAST(`t1`.`actor`, `t1`.`recipient`), '-'),
      GREATEST(`t1`.`actor`, `t1`.`recipient`)
    ) AS `pair`,
    CAST(SUM(`t1`.`n`) AS BIGINT) AS `n`,
    MIN(`t1`.`occurred`) AS `first_day`,
    MAX(`t1`.`occurred`) AS `last_day`,
    COUNT(DISTINCT `t1`.`occurred`) AS `active_days`
  FROM (
    SELECT
      *
    FROM `held_events` AS `t0`
    WHERE
      `t0`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
      AND `t0`.`occurred` >= CAST('{since}' AS DATE)
      AND `t0`.`occurred` <= CAST('{until}' AS DATE)
  ) AS `t1`
  GROUP BY
    1
) AS `t2`
ORDER BY
  `t2`.`n` DESC,
  `t2`.`pair` ASC NULLS LAST

-- read: first_day
SELECT
  MIN(`t1`.`occurred`) AS `first_day`
FROM (
  SELECT
    *
  FROM `held_events` AS `t0`
  WHERE
    `t0`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
    AND `t0`.`occurred` >= CAST('{since}' AS DATE)
    AND `t0`.`occurred` <= CAST('{until}' AS DATE)
) AS `t1`

-- read: days
SELECT
  *
FROM (
  SELECT
    `t1`.`day`,
    CAST(SUM(`t1`.`rows`) AS BIGINT) AS `rows`,
    MAX(`t1`.`known_at`) AS `known_at`,
    BOOL_OR(`t1`.`status` = 'absent') AS `is_absent`
  FROM (
    SELECT
      *
    FROM `held_days` AS `t0`
    WHERE
      `t0`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
      AND `t0`.`day` <= CAST('{until}' AS DATE)
  ) AS `t1`
  GROUP BY
    1
) AS `t2`
ORDER BY
  `t2`.`day` ASC NULLS LAST

-- read: late
SELECT
  *
FROM (
  SELECT
    `t0`.`occurred` AS `day`
  FROM `held_events` AS `t0`
  WHERE
    `t0`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
    AND `t0`.`occurred` >= CAST('{since}' AS DATE)
    AND `t0`.`occurred` <= CAST('{until}' AS DATE)
    AND CAST(`t0`.`known_at` AS DATE) > `t0`.`occurred`
  LIMIT 1
) AS `t4`
UNION ALL
SELECT
  *
FROM (
  SELECT
    `t1`.`day`
  FROM `held_days` AS `t1`
  WHERE
    `t1`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
    AND `t1`.`day` <= CAST('{until}' AS DATE)
    AND CAST(`t1`.`known_at` AS DATE) > `t1`.`day`
  LIMIT 1
) AS `t5`
