-- The store's reads for spark, compiled from store/expressions.py; `make docs` writes this file anew.

-- read: cells_by_role
SELECT
  *
FROM (
  SELECT
    `t2`.`occurred`,
    `t2`.`actor`,
    `t2`.`recipient`,
    `t2`.`directed`,
    `t2`.`role`,
    CAST(SUM(`t2`.`n`) AS BIGINT) AS `n`,
    CAST(SUM(`t2`.`cooperation_milli`) AS BIGINT) AS `cooperation_milli`,
    CAST(SUM(`t2`.`conflict_milli`) AS BIGINT) AS `conflict_milli`,
    CAST(SUM(`t2`.`square_milli`) AS DOUBLE) AS `square_milli`
  FROM (
    SELECT
      `t1`.`provider`,
      `t1`.`occurred`,
      `t1`.`known_at`,
      `t1`.`actor`,
      `t1`.`recipient`,
      `t1`.`directed`,
      `t1`.`event_type`,
      `t1`.`provider_code`,
      `t1`.`n`,
      `t1`.`intensity_milli`,
      `t1`.`lowest_milli`,
      `t1`.`role`,
      `t1`.`recipient_role`,
      `t1`.`actor_name`,
      `t1`.`recipient_name`,
      `t1`.`place`,
      `t1`.`event_key`,
      `t1`.`locator`,
      `t1`.`line`,
      `t1`.`coder`,
      `t1`.`confidence`,
      GREATEST(`t1`.`intensity_milli`, 0) AS `cooperation_milli`,
      GREATEST(-(
        `t1`.`intensity_milli`
      ), 0) AS `conflict_milli`,
      (
        `t1`.`intensity_milli` * `t1`.`intensity_milli`
      ) DIV (
        GREATEST(`t1`.`n`, 1)
      ) AS `square_milli`
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
  ) AS `t2`
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS `t3`
ORDER BY
  `t3`.`occurred` ASC NULLS LAST,
  `t3`.`actor` ASC NULLS LAST,
  `t3`.`recipient` ASC NULLS LAST,
  `t3`.`directed` ASC NULLS LAST,
  `t3`.`role` ASC

-- read: cells_by_role_between
SELECT
  *
FROM (
  SELECT
    `t2`.`occurred`,
    `t2`.`actor`,
    `t2`.`recipient`,
    `t2`.`directed`,
    `t2`.`role`,
    CAST(SUM(`t2`.`n`) AS BIGINT) AS `n`,
    CAST(SUM(`t2`.`cooperation_milli`) AS BIGINT) AS `cooperation_milli`,
    CAST(SUM(`t2`.`conflict_milli`) AS BIGINT) AS `conflict_milli`,
    CAST(SUM(`t2`.`square_milli`) AS DOUBLE) AS `square_milli`
  FROM (
    SELECT
      `t1`.`provider`,
      `t1`.`occurred`,
      `t1`.`known_at`,
      `t1`.`actor`,
      `t1`.`recipient`,
      `t1`.`directed`,
      `t1`.`event_type`,
      `t1`.`provider_code`,
      `t1`.`n`,
      `t1`.`intensity_milli`,
      `t1`.`lowest_milli`,
      `t1`.`role`,
      `t1`.`recipient_role`,
      `t1`.`actor_name`,
      `t1`.`recipient_name`,
      `t1`.`place`,
      `t1`.`event_key`,
      `t1`.`locator`,
      `t1`.`line`,
      `t1`.`coder`,
      `t1`.`confidence`,
      GREATEST(`t1`.`intensity_milli`, 0) AS `cooperation_milli`,
      GREATEST(-(
        `t1`.`intensity_milli`
      ), 0) AS `conflict_milli`,
      (
        `t1`.`intensity_milli` * `t1`.`intensity_milli`
      ) DIV (
        GREATEST(`t1`.`n`, 1)
      ) AS `square_milli`
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
  ) AS `t2`
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS `t3`
ORDER BY
  `t3`.`occurred` ASC NULLS LAST,
  `t3`.`actor` ASC NULLS LAST,
  `t3`.`recipient` ASC NULLS LAST,
  `t3`.`directed` ASC NULLS LAST,
  `t3`.`role` ASC

-- read: cells_by_place
SELECT
  *
FROM (
  SELECT
    `t2`.`occurred`,
    `t2`.`actor`,
    `t2`.`recipient`,
    `t2`.`directed`,
    `t2`.`event_type`,
    `t2`.`provider_code`,
    `t2`.`place`,
    CAST(SUM(`t2`.`n`) AS BIGINT) AS `n`,
    CAST(SUM(`t2`.`cooperation_milli`) AS BIGINT) AS `cooperation_milli`,
    CAST(SUM(`t2`.`conflict_milli`) AS BIGINT) AS `conflict_milli`,
    CAST(SUM(`t2`.`square_milli`) AS DOUBLE) AS `square_milli`
  FROM (
    SELECT
      `t1`.`provider`,
      `t1`.`occurred`,
      `t1`.`known_at`,
      `t1`.`actor`,
      `t1`.`recipient`,
      `t1`.`directed`,
      `t1`.`event_type`,
      `t1`.`provider_code`,
      `t1`.`n`,
      `t1`.`intensity_milli`,
      `t1`.`lowest_milli`,
      `t1`.`actor_role`,
      `t1`.`recipient_role`,
      `t1`.`actor_name`,
      `t1`.`recipient_name`,
      `t1`.`place`,
      `t1`.`event_key`,
      `t1`.`locator`,
      `t1`.`line`,
      `t1`.`coder`,
      `t1`.`confidence`,
      GREATEST(`t1`.`intensity_milli`, 0) AS `cooperation_milli`,
      GREATEST(-(
        `t1`.`intensity_milli`
      ), 0) AS `conflict_milli`,
      (
        `t1`.`intensity_milli` * `t1`.`intensity_milli`
      ) DIV (
        GREATEST(`t1`.`n`, 1)
      ) AS `square_milli`
    FROM (
      SELECT
        *
      FROM `held_events` AS `t0`
      WHERE
        `t0`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
        AND `t0`.`occurred` >= CAST('{since}' AS DATE)
        AND `t0`.`occurred` <= CAST('{until}' AS DATE)
    ) AS `t1`
  ) AS `t2`
  GROUP BY
    1,
    2,
    3,
    4,
    5,
    6,
    7
) AS `t3`
ORDER BY
  `t3`.`occurred` ASC NULLS LAST,
  `t3`.`actor` ASC NULLS LAST,
  `t3`.`recipient` ASC NULLS LAST,
  `t3`.`directed` ASC NULLS LAST,
  `t3`.`event_type` ASC,
  `t3`.`provider_code` ASC,
  `t3`.`place` ASC

-- read: cells_by_place_between
SELECT
  *
FROM (
  SELECT
    `t2`.`occurred`,
    `t2`.`actor`,
    `t2`.`recipient`,
    `t2`.`directed`,
    `t2`.`event_type`,
    `t2`.`provider_code`,
    `t2`.`place`,
    CAST(SUM(`t2`.`n`) AS BIGINT) AS `n`,
    CAST(SUM(`t2`.`cooperation_milli`) AS BIGINT) AS `cooperation_milli`,
    CAST(SUM(`t2`.`conflict_milli`) AS BIGINT) AS `conflict_milli`,
    CAST(SUM(`t2`.`square_milli`) AS DOUBLE) AS `square_milli`
  FROM (
    SELECT
      `t1`.`provider`,
      `t1`.`occurred`,
      `t1`.`known_at`,
      `t1`.`actor`,
      `t1`.`recipient`,
      `t1`.`directed`,
      `t1`.`event_type`,
      `t1`.`provider_code`,
      `t1`.`n`,
      `t1`.`intensity_milli`,
      `t1`.`lowest_milli`,
      `t1`.`actor_role`,
      `t1`.`recipient_role`,
      `t1`.`actor_name`,
      `t1`.`recipient_name`,
      `t1`.`place`,
      `t1`.`event_key`,
      `t1`.`locator`,
      `t1`.`line`,
      `t1`.`coder`,
      `t1`.`confidence`,
      GREATEST(`t1`.`intensity_milli`, 0) AS `cooperation_milli`,
      GREATEST(-(
        `t1`.`intensity_milli`
      ), 0) AS `conflict_milli`,
      (
        `t1`.`intensity_milli` * `t1`.`intensity_milli`
      ) DIV (
        GREATEST(`t1`.`n`, 1)
      ) AS `square_milli`
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
  ) AS `t2`
  GROUP BY
    1,
    2,
    3,
    4,
    5,
    6,
    7
) AS `t3`
ORDER BY
  `t3`.`occurred` ASC NULLS LAST,
  `t3`.`actor` ASC NULLS LAST,
  `t3`.`recipient` ASC NULLS LAST,
  `t3`.`directed` ASC NULLS LAST,
  `t3`.`event_type` ASC,
  `t3`.`provider_code` ASC,
  `t3`.`place` ASC

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

-- read: keys
SELECT DISTINCT
  `t0`.`event_key`
FROM `held_events` AS `t0`
WHERE
  `t0`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
  AND `t0`.`occurred` >= CAST('{since}' AS DATE)
  AND `t0`.`occurred` <= CAST('{until}' AS DATE)
  AND `t0`.`event_key` IS NOT NULL

-- read: keys_between
SELECT DISTINCT
  `t0`.`event_key`
FROM `held_events` AS `t0`
WHERE
  `t0`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
  AND `t0`.`occurred` >= CAST('{since}' AS DATE)
  AND `t0`.`occurred` <= CAST('{until}' AS DATE)
  AND `t0`.`actor` IN ('{actor}', '{other_actor}')
  AND `t0`.`recipient` IN ('{recipient}', '{other_recipient}')
  AND `t0`.`event_key` IS NOT NULL

-- read: cells
SELECT
  *
FROM (
  SELECT
    `t5`.`occurred`,
    `t5`.`actor`,
    `t5`.`recipient`,
    `t5`.`directed`,
    `t5`.`event_type`,
    CAST(SUM(`t5`.`n`) AS BIGINT) AS `n`,
    CAST(SUM(`t5`.`cooperation_milli`) AS BIGINT) AS `cooperation_milli`,
    CAST(SUM(`t5`.`conflict_milli`) AS BIGINT) AS `conflict_milli`,
    MIN(`t5`.`lowest_milli`) AS `lowest_milli`,
    CAST(SUM(`t5`.`square_milli`) AS DOUBLE) AS `square_milli`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM `held_sums` AS `t0`
      WHERE
        `t0`.`known_on` <= CAST('{as_of}' AS DATE)
        AND `t0`.`occurred` >= CAST('{since}' AS DATE)
        AND `t0`.`occurred` <= CAST('{until}' AS DATE)
    ) AS `t2`
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        `t3`.`occurred`,
        CAST(`t3`.`known_at` AS DATE) AS `known_on`,
        `t3`.`actor`,
        `t3`.`recipient`,
        `t3`.`directed`,
        `t3`.`event_type`,
        `t3`.`n`,
        GREATEST(`t3`.`intensity_milli`, 0) AS `cooperation_milli`,
        GREATEST(-(
          `t3`.`intensity_milli`
        ), 0) AS `conflict_milli`,
        `t3`.`lowest_milli`,
        (
          `t3`.`intensity_milli` * `t3`.`intensity_milli`
        ) DIV (
          GREATEST(`t3`.`n`, 1)
        ) AS `square_milli`
      FROM (
        SELECT
          *
        FROM `held_events_without_sums` AS `t1`
        WHERE
          `t1`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
          AND `t1`.`occurred` >= CAST('{since}' AS DATE)
          AND `t1`.`occurred` <= CAST('{until}' AS DATE)
      ) AS `t3`
    ) AS `t4`
  ) AS `t5`
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS `t6`
ORDER BY
  `t6`.`occurred` ASC NULLS LAST,
  `t6`.`actor` ASC NULLS LAST,
  `t6`.`recipient` ASC NULLS LAST,
  `t6`.`directed` ASC NULLS LAST,
  `t6`.`event_type` ASC

-- read: cells_between
SELECT
  *
FROM (
  SELECT
    `t6`.`occurred`,
    `t6`.`actor`,
    `t6`.`recipient`,
    `t6`.`directed`,
    `t6`.`event_type`,
    CAST(SUM(`t6`.`n`) AS BIGINT) AS `n`,
    CAST(SUM(`t6`.`cooperation_milli`) AS BIGINT) AS `cooperation_milli`,
    CAST(SUM(`t6`.`conflict_milli`) AS BIGINT) AS `conflict_milli`,
    MIN(`t6`.`lowest_milli`) AS `lowest_milli`,
    CAST(SUM(`t6`.`square_milli`) AS DOUBLE) AS `square_milli`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          *
        FROM `held_sums` AS `t0`
        WHERE
          `t0`.`known_on` <= CAST('{as_of}' AS DATE)
          AND `t0`.`occurred` >= CAST('{since}' AS DATE)
          AND `t0`.`occurred` <= CAST('{until}' AS DATE)
      ) AS `t2`
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          `t3`.`occurred`,
          CAST(`t3`.`known_at` AS DATE) AS `known_on`,
          `t3`.`actor`,
          `t3`.`recipient`,
          `t3`.`directed`,
          `t3`.`event_type`,
          `t3`.`n`,
          GREATEST(`t3`.`intensity_milli`, 0) AS `cooperation_milli`,
          GREATEST(-(
            `t3`.`intensity_milli`
          ), 0) AS `conflict_milli`,
          `t3`.`lowest_milli`,
          (
            `t3`.`intensity_milli` * `t3`.`intensity_milli`
          ) DIV (
            GREATEST(`t3`.`n`, 1)
          ) AS `square_milli`
        FROM (
          SELECT
            *
          FROM `held_events_without_sums` AS `t1`
          WHERE
            `t1`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
            AND `t1`.`occurred` >= CAST('{since}' AS DATE)
            AND `t1`.`occurred` <= CAST('{until}' AS DATE)
        ) AS `t3`
      ) AS `t4`
    ) AS `t5`
    WHERE
      `t5`.`actor` IN ('{actor}', '{other_actor}')
      AND `t5`.`recipient` IN ('{recipient}', '{other_recipient}')
  ) AS `t6`
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS `t7`
ORDER BY
  `t7`.`occurred` ASC NULLS LAST,
  `t7`.`actor` ASC NULLS LAST,
  `t7`.`recipient` ASC NULLS LAST,
  `t7`.`directed` ASC NULLS LAST,
  `t7`.`event_type` ASC

-- read: series_by_week
SELECT
  *
FROM (
  SELECT
    `t5`.`actor`,
    `t5`.`recipient`,
    `t5`.`directed`,
    CAST(DATE_TRUNC('week', CAST(`t5`.`occurred` AS TIMESTAMP_NTZ)) AS DATE) AS `period_start`,
    CAST(SUM(`t5`.`n`) AS BIGINT) AS `n`,
    CAST(SUM(`t5`.`cooperation_milli`) AS BIGINT) AS `cooperation_milli`,
    CAST(SUM(`t5`.`conflict_milli`) AS BIGINT) AS `conflict_milli`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM `held_sums` AS `t0`
      WHERE
        `t0`.`known_on` <= CAST('{as_of}' AS DATE)
        AND `t0`.`occurred` >= CAST('{since}' AS DATE)
        AND `t0`.`occurred` <= CAST('{until}' AS DATE)
    ) AS `t2`
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        `t3`.`occurred`,
        CAST(`t3`.`known_at` AS DATE) AS `known_on`,
        `t3`.`actor`,
        `t3`.`recipient`,
        `t3`.`directed`,
        `t3`.`event_type`,
        `t3`.`n`,
        GREATEST(`t3`.`intensity_milli`, 0) AS `cooperation_milli`,
        GREATEST(-(
          `t3`.`intensity_milli`
        ), 0) AS `conflict_milli`,
        `t3`.`lowest_milli`,
        (
          `t3`.`intensity_milli` * `t3`.`intensity_milli`
        ) DIV (
          GREATEST(`t3`.`n`, 1)
        ) AS `square_milli`
      FROM (
        SELECT
          *
        FROM `held_events_without_sums` AS `t1`
        WHERE
          `t1`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
          AND `t1`.`occurred` >= CAST('{since}' AS DATE)
          AND `t1`.`occurred` <= CAST('{until}' AS DATE)
      ) AS `t3`
    ) AS `t4`
  ) AS `t5`
  GROUP BY
    1,
    2,
    3,
    4
) AS `t6`
ORDER BY
  `t6`.`actor` ASC NULLS LAST,
  `t6`.`recipient` ASC NULLS LAST,
  `t6`.`directed` ASC NULLS LAST,
  `t6`.`period_start` ASC NULLS LAST

-- read: series_by_week_between
SELECT
  *
FROM (
  SELECT
    `t6`.`actor`,
    `t6`.`recipient`,
    `t6`.`directed`,
    CAST(DATE_TRUNC('week', CAST(`t6`.`occurred` AS TIMESTAMP_NTZ)) AS DATE) AS `period_start`,
    CAST(SUM(`t6`.`n`) AS BIGINT) AS `n`,
    CAST(SUM(`t6`.`cooperation_milli`) AS BIGINT) AS `cooperation_milli`,
    CAST(SUM(`t6`.`conflict_milli`) AS BIGINT) AS `conflict_milli`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          *
        FROM `held_sums` AS `t0`
        WHERE
          `t0`.`known_on` <= CAST('{as_of}' AS DATE)
          AND `t0`.`occurred` >= CAST('{since}' AS DATE)
          AND `t0`.`occurred` <= CAST('{until}' AS DATE)
      ) AS `t2`
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          `t3`.`occurred`,
          CAST(`t3`.`known_at` AS DATE) AS `known_on`,
          `t3`.`actor`,
          `t3`.`recipient`,
          `t3`.`directed`,
          `t3`.`event_type`,
          `t3`.`n`,
          GREATEST(`t3`.`intensity_milli`, 0) AS `cooperation_milli`,
          GREATEST(-(
            `t3`.`intensity_milli`
          ), 0) AS `conflict_milli`,
          `t3`.`lowest_milli`,
          (
            `t3`.`intensity_milli` * `t3`.`intensity_milli`
          ) DIV (
            GREATEST(`t3`.`n`, 1)
          ) AS `square_milli`
        FROM (
          SELECT
            *
          FROM `held_events_without_sums` AS `t1`
          WHERE
            `t1`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
            AND `t1`.`occurred` >= CAST('{since}' AS DATE)
            AND `t1`.`occurred` <= CAST('{until}' AS DATE)
        ) AS `t3`
      ) AS `t4`
    ) AS `t5`
    WHERE
      `t5`.`actor` IN ('{actor}', '{other_actor}')
      AND `t5`.`recipient` IN ('{recipient}', '{other_recipient}')
  ) AS `t6`
  GROUP BY
    1,
    2,
    3,
    4
) AS `t7`
ORDER BY
  `t7`.`actor` ASC NULLS LAST,
  `t7`.`recipient` ASC NULLS LAST,
  `t7`.`directed` ASC NULLS LAST,
  `t7`.`period_start` ASC NULLS LAST

-- read: series_by_month
SELECT
  *
FROM (
  SELECT
    `t5`.`actor`,
    `t5`.`recipient`,
    `t5`.`directed`,
    CAST(DATE_TRUNC('month', CAST(`t5`.`occurred` AS TIMESTAMP_NTZ)) AS DATE) AS `period_start`,
    CAST(SUM(`t5`.`n`) AS BIGINT) AS `n`,
    CAST(SUM(`t5`.`cooperation_milli`) AS BIGINT) AS `cooperation_milli`,
    CAST(SUM(`t5`.`conflict_milli`) AS BIGINT) AS `conflict_milli`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM `held_sums` AS `t0`
      WHERE
        `t0`.`known_on` <= CAST('{as_of}' AS DATE)
        AND `t0`.`occurred` >= CAST('{since}' AS DATE)
        AND `t0`.`occurred` <= CAST('{until}' AS DATE)
    ) AS `t2`
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        `t3`.`occurred`,
        CAST(`t3`.`known_at` AS DATE) AS `known_on`,
        `t3`.`actor`,
        `t3`.`recipient`,
        `t3`.`directed`,
        `t3`.`event_type`,
        `t3`.`n`,
        GREATEST(`t3`.`intensity_milli`, 0) AS `cooperation_milli`,
        GREATEST(-(
          `t3`.`intensity_milli`
        ), 0) AS `conflict_milli`,
        `t3`.`lowest_milli`,
        (
          `t3`.`intensity_milli` * `t3`.`intensity_milli`
        ) DIV (
          GREATEST(`t3`.`n`, 1)
        ) AS `square_milli`
      FROM (
        SELECT
          *
        FROM `held_events_without_sums` AS `t1`
        WHERE
          `t1`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
          AND `t1`.`occurred` >= CAST('{since}' AS DATE)
          AND `t1`.`occurred` <= CAST('{until}' AS DATE)
      ) AS `t3`
    ) AS `t4`
  ) AS `t5`
  GROUP BY
    1,
    2,
    3,
    4
) AS `t6`
ORDER BY
  `t6`.`actor` ASC NULLS LAST,
  `t6`.`recipient` ASC NULLS LAST,
  `t6`.`directed` ASC NULLS LAST,
  `t6`.`period_start` ASC NULLS LAST

-- read: series_by_month_between
SELECT
  *
FROM (
  SELECT
    `t6`.`actor`,
    `t6`.`recipient`,
    `t6`.`directed`,
    CAST(DATE_TRUNC('month', CAST(`t6`.`occurred` AS TIMESTAMP_NTZ)) AS DATE) AS `period_start`,
    CAST(SUM(`t6`.`n`) AS BIGINT) AS `n`,
    CAST(SUM(`t6`.`cooperation_milli`) AS BIGINT) AS `cooperation_milli`,
    CAST(SUM(`t6`.`conflict_milli`) AS BIGINT) AS `conflict_milli`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          *
        FROM `held_sums` AS `t0`
        WHERE
          `t0`.`known_on` <= CAST('{as_of}' AS DATE)
          AND `t0`.`occurred` >= CAST('{since}' AS DATE)
          AND `t0`.`occurred` <= CAST('{until}' AS DATE)
      ) AS `t2`
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          `t3`.`occurred`,
          CAST(`t3`.`known_at` AS DATE) AS `known_on`,
          `t3`.`actor`,
          `t3`.`recipient`,
          `t3`.`directed`,
          `t3`.`event_type`,
          `t3`.`n`,
          GREATEST(`t3`.`intensity_milli`, 0) AS `cooperation_milli`,
          GREATEST(-(
            `t3`.`intensity_milli`
          ), 0) AS `conflict_milli`,
          `t3`.`lowest_milli`,
          (
            `t3`.`intensity_milli` * `t3`.`intensity_milli`
          ) DIV (
            GREATEST(`t3`.`n`, 1)
          ) AS `square_milli`
        FROM (
          SELECT
            *
          FROM `held_events_without_sums` AS `t1`
          WHERE
            `t1`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
            AND `t1`.`occurred` >= CAST('{since}' AS DATE)
            AND `t1`.`occurred` <= CAST('{until}' AS DATE)
        ) AS `t3`
      ) AS `t4`
    ) AS `t5`
    WHERE
      `t5`.`actor` IN ('{actor}', '{other_actor}')
      AND `t5`.`recipient` IN ('{recipient}', '{other_recipient}')
  ) AS `t6`
  GROUP BY
    1,
    2,
    3,
    4
) AS `t7`
ORDER BY
  `t7`.`actor` ASC NULLS LAST,
  `t7`.`recipient` ASC NULLS LAST,
  `t7`.`directed` ASC NULLS LAST,
  `t7`.`period_start` ASC NULLS LAST

-- read: pairs
SELECT
  *
FROM (
  SELECT
    CONCAT(
      CONCAT(LEAST(`t5`.`actor`, `t5`.`recipient`), '-'),
      GREATEST(`t5`.`actor`, `t5`.`recipient`)
    ) AS `pair`,
    CAST(SUM(`t5`.`n`) AS BIGINT) AS `n`,
    MIN(`t5`.`occurred`) AS `first_day`,
    MAX(`t5`.`occurred`) AS `last_day`,
    COUNT(DISTINCT `t5`.`occurred`) AS `active_days`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM `held_sums` AS `t0`
      WHERE
        `t0`.`known_on` <= CAST('{as_of}' AS DATE)
        AND `t0`.`occurred` >= CAST('{since}' AS DATE)
        AND `t0`.`occurred` <= CAST('{until}' AS DATE)
    ) AS `t2`
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        `t3`.`occurred`,
        CAST(`t3`.`known_at` AS DATE) AS `known_on`,
        `t3`.`actor`,
        `t3`.`recipient`,
        `t3`.`directed`,
        `t3`.`event_type`,
        `t3`.`n`,
        GREATEST(`t3`.`intensity_milli`, 0) AS `cooperation_milli`,
        GREATEST(-(
          `t3`.`intensity_milli`
        ), 0) AS `conflict_milli`,
        `t3`.`lowest_milli`,
        (
          `t3`.`intensity_milli` * `t3`.`intensity_milli`
        ) DIV (
          GREATEST(`t3`.`n`, 1)
        ) AS `square_milli`
      FROM (
        SELECT
          *
        FROM `held_events_without_sums` AS `t1`
        WHERE
          `t1`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
          AND `t1`.`occurred` >= CAST('{since}' AS DATE)
          AND `t1`.`occurred` <= CAST('{until}' AS DATE)
      ) AS `t3`
    ) AS `t4`
  ) AS `t5`
  GROUP BY
    1
) AS `t6`
ORDER BY
  `t6`.`n` DESC,
  `t6`.`pair` ASC NULLS LAST

-- read: first_day
SELECT
  MIN(`t5`.`occurred`) AS `first_day`
FROM (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM `held_sums` AS `t0`
    WHERE
      `t0`.`known_on` <= CAST('{as_of}' AS DATE)
      AND `t0`.`occurred` >= CAST('{since}' AS DATE)
      AND `t0`.`occurred` <= CAST('{until}' AS DATE)
  ) AS `t2`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      `t3`.`occurred`,
      CAST(`t3`.`known_at` AS DATE) AS `known_on`,
      `t3`.`actor`,
      `t3`.`recipient`,
      `t3`.`directed`,
      `t3`.`event_type`,
      `t3`.`n`,
      GREATEST(`t3`.`intensity_milli`, 0) AS `cooperation_milli`,
      GREATEST(-(
        `t3`.`intensity_milli`
      ), 0) AS `conflict_milli`,
      `t3`.`lowest_milli`,
      (
        `t3`.`intensity_milli` * `t3`.`intensity_milli`
      ) DIV (
        GREATEST(`t3`.`n`, 1)
      ) AS `square_milli`
    FROM (
      SELECT
        *
      FROM `held_events_without_sums` AS `t1`
      WHERE
        `t1`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
        AND `t1`.`occurred` >= CAST('{since}' AS DATE)
        AND `t1`.`occurred` <= CAST('{until}' AS DATE)
    ) AS `t3`
  ) AS `t4`
) AS `t5`

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
    `t8`.`occurred` AS `day`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM `held_sums` AS `t1`
      WHERE
        `t1`.`known_on` <= CAST('{as_of}' AS DATE)
        AND `t1`.`occurred` >= CAST('{since}' AS DATE)
        AND `t1`.`occurred` <= CAST('{until}' AS DATE)
    ) AS `t3`
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        `t4`.`occurred`,
        CAST(`t4`.`known_at` AS DATE) AS `known_on`,
        `t4`.`actor`,
        `t4`.`recipient`,
        `t4`.`directed`,
        `t4`.`event_type`,
        `t4`.`n`,
        GREATEST(`t4`.`intensity_milli`, 0) AS `cooperation_milli`,
        GREATEST(-(
          `t4`.`intensity_milli`
        ), 0) AS `conflict_milli`,
        `t4`.`lowest_milli`,
        (
          `t4`.`intensity_milli` * `t4`.`intensity_milli`
        ) DIV (
          GREATEST(`t4`.`n`, 1)
        ) AS `square_milli`
      FROM (
        SELECT
          *
        FROM `held_events_without_sums` AS `t2`
        WHERE
          `t2`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
          AND `t2`.`occurred` >= CAST('{since}' AS DATE)
          AND `t2`.`occurred` <= CAST('{until}' AS DATE)
      ) AS `t4`
    ) AS `t7`
  ) AS `t8`
  WHERE
    `t8`.`known_on` > `t8`.`occurred`
  LIMIT 1
) AS `t10`
UNION ALL
SELECT
  *
FROM (
  SELECT
    `t0`.`day`
  FROM `held_days` AS `t0`
  WHERE
    `t0`.`known_at` <= CAST('{moment}' AS TIMESTAMP_NTZ)
    AND `t0`.`day` <= CAST('{until}' AS DATE)
    AND CAST(`t0`.`known_at` AS DATE) > `t0`.`day`
  LIMIT 1
) AS `t6`
