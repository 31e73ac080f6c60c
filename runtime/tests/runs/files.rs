//! Targets in files: the lines of CSV and JSON Lines, to the byte; torn writes; lines changed by hand.

use crate::recovery::{day, end, expected, undisturbed};
use crate::world::*;
use std::collections::BTreeMap;
use std::process::Command;
use syncline_ir::{Correction, Leave};
use syncline_runtime::kill::{FILE_POINTS, Kill, Manner, POINTS, Trap};
use syncline_runtime::*;

const BOTH: [ConnectorKind; 2] = [ConnectorKind::Csv, ConnectorKind::Jsonl];
const T1: &str = "T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z";

fn text(world: &World) -> String {
    std::fs::read_to_string(world.cost_file()).unwrap()
}

fn overwriting(target: ConnectorKind) -> World {
    let mut world = World::in_files(target);
    world.change_plan(|plan| {
        erp_entity(plan).control = None;
        time_sync(plan).correct = Some(Correction::Overwrite);
        time_sync(plan).leave = Some(Leave::Reverse);
    });
    world
}

/// 7.50 h and then 8.00 h at 100.00 are 750.00 and 800.00; the first line is taken back by one with its key and `/1r`.
#[test]
fn lines_are_added_at_the_end_as_they_are_declared() {
    let header = "external_id,project,hours,amount,currency,note,reversal_of,number,status,syncline_key\n";
    let csv = [
        header,
        "T-1,P-1,7.50,750.0000,USD,,,,,ApprovedTime/erp.project_cost/T-1/1/post\n",
        "T-1/1r,P-1,-7.50,-750.0000,USD,,T-1,,,ApprovedTime/erp.project_cost/T-1/1/reverse\n",
        "T-1/2,P-1,8.00,800.0000,USD,\"a, \"\"b\"\"\",,,,ApprovedTime/erp.project_cost/T-1/2/post\n",
    ];
    let json = |id: &str, hours: &str, amount: &str, note: &str, of: &str, key: &str| {
        format!(
            "{{\"external_id\":\"{id}\",\"project\":\"P-1\",\"hours\":\"{hours}\",\"amount\":\"{amount}\",\"currency\":\"USD\",\"note\":{note},\
             \"reversal_of\":{of},\"number\":null,\"status\":null,\"syncline_key\":\"ApprovedTime/erp.project_cost/{key}\"}}\n"
        )
    };
    let jsonl = [
        json("T-1", "7.50", "750.0000", "null", "null", "T-1/1/post"),
        json("T-1/1r", "-7.50", "-750.0000", "null", "\"T-1\"", "T-1/1/reverse"),
        json("T-1/2", "8.00", "800.0000", "\"a, \\\"b\\\"\"", "null", "T-1/2/post"),
    ];
    for (target, first, all) in [
        (ConnectorKind::Csv, csv[..2].concat(), csv.concat()),
        (ConnectorKind::Jsonl, jsonl[0].clone(), jsonl.concat()),
    ] {
        let world = World::in_files(target);
        world.cards(&[T1]);
        assert_eq!(time(&world.run()).reconciled, Some(true));
        assert_eq!(text(&world), first);
        world.cards(&["T-1,2,p1,CON,2026-07-15,8.00,Approved,\"a, \"\"b\"\"\",2026-07-15T18:00:00Z"]);
        let report = world.run();
        assert_eq!((time(&report).reconciled, time(&report).accounts.corrected), (Some(true), 1));
        assert_eq!(text(&world), all);
        // Nothing new changes nothing, and leaves nothing beside the file.
        world.run();
        assert_eq!(text(&world), all);
        let beside: Vec<String> = std::fs::read_dir(world.path("erp"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.starts_with('.'))
            .collect();
        assert_eq!(beside, [format!("project_cost.{}", target.name())]);
    }
}

#[test]
fn a_run_killed_at_any_point_ends_like_one_that_was_not() {
    let expected = expected();
    for target in BOTH {
        let small = || {
            let mut world = World::in_files(target);
            world.options.batch = 2;
            world
        };
        assert_eq!(undisturbed(&small()), expected, "{}", target.name());
        let mut killed = 0;
        // Points before and after posting are the same for every target: `recovery` passes them.
        let posting = POINTS.into_iter().filter(|point| point.starts_with("posting.") || point.starts_with("correct."));
        for point in posting.chain(FILE_POINTS) {
            for number in 0..3 {
                for passing in 1.. {
                    let mut world = small();
                    for before in 0..number {
                        day(&world, before);
                        world.run();
                    }
                    day(&world, number);
                    let kill = Kill { point, passing };
                    if !world.killed_at(&kill) {
                        break;
                    }
                    killed += 1;
                    world.run();
                    for after in number + 1..3 {
                        day(&world, after);
                        world.run();
                    }
                    assert_eq!(end(&world), expected, "{} {kill} on day {number}", target.name());
                }
            }
        }
        // By hand: days 0 to 2 make 1, 2 and 2 batches of two calls or fewer, each with three steps of its own.
        assert!(killed > 40, "{killed}");
    }
}

#[test]
fn overwritten_lines_recover_too() {
    for target in BOTH {
        let expected = undisturbed(&overwriting(target));
        let mut killed = 0;
        for point in
            ["posting.after-intent", "posting.between-calls", "posting.after-call"].into_iter().chain(FILE_POINTS)
        {
            for number in 0..3 {
                let mut world = overwriting(target);
                for before in 0..number {
                    day(&world, before);
                    world.run();
                }
                day(&world, number);
                killed += usize::from(world.killed_at(&Kill { point, passing: 1 }));
                world.run();
                for after in number + 1..3 {
                    day(&world, after);
                    world.run();
                }
                assert_eq!(end(&world), expected, "{} {point} on day {number}", target.name());
            }
        }
        assert!(killed >= 12, "{killed}");
    }
}

#[test]
fn what_others_keep_in_a_line_survives_its_change() {
    for (target, theirs, changed) in [
        (
            ConnectorKind::Csv,
            "external_id,colour,project,hours,amount,currency,note,reversal_of,number,status,syncline_key\r\nT-0,\"red, bold\",P-1,1.00,1.00,USD,,,,,\r\n",
            "T-0,\"red, bold\",P-1,7.50,750.0000,USD,,,,,ApprovedTime/erp.project_cost/T-0/1/post\r\n",
        ),
        (
            ConnectorKind::Jsonl,
            "{ \"colour\" : {\"r\": 1e2}, \"external_id\":\"T-0\", \"hours\":1.00 }\n",
            "{\"colour\":{\"r\": 1e2},\"external_id\":\"T-0\",\"hours\":\"7.50\",\"project\":\"P-1\",\"amount\":\"750.0000\",\"currency\":\"USD\",\
             \"note\":null,\"syncline_key\":\"ApprovedTime/erp.project_cost/T-0/1/post\"}\n",
        ),
    ] {
        let world = overwriting(target);
        std::fs::create_dir(world.path("erp")).unwrap();
        std::fs::write(world.cost_file(), theirs).unwrap();
        world.cards(&[&T1.replace("T-1", "T-0")]);
        assert_eq!(time(&world.run()).reconciled, Some(true));
        let head = theirs.split_inclusive('\n').next().filter(|_| target == ConnectorKind::Csv).unwrap_or_default();
        assert_eq!(text(&world), format!("{head}{changed}"));
    }
}

#[test]
fn a_line_changed_by_hand_is_found() {
    for target in BOTH {
        let world = World::in_files(target);
        world.cards(&[T1, &T1.replace("T-1", "T-2")]);
        assert_eq!(time(&world.run()).reconciled, Some(true));
        let whole = text(&world);
        // An amount; a line that is gone; one that nobody posted, without the end of its line.
        let without_last = &whole[..whole.trim_end().rfind('\n').unwrap() + 1];
        let last = whole.lines().last().unwrap();
        for (changed, key, difference) in [
            (whole.replacen("750.0000", "750.0001", 1), "T-1", "0.0001"),
            (without_last.to_owned(), "T-2", "-750.0000"),
            (whole.clone() + &last.replace("T-2", "T-3"), "T-3", "750.0000"),
        ] {
            std::fs::write(world.cost_file(), &changed).unwrap();
            let report = world.run();
            assert_eq!((time(&report).reconciled, &time(&report).differing), (Some(false), &vec![key.to_owned()]));
            let amount = time(&report).reconciliation.iter().find(|line| line.measure == "sum(amount)").unwrap();
            assert_eq!(amount.difference.as_deref(), Some(difference), "{}", target.name());
            assert_eq!(text(&world), changed, "a reconciliation repairs nothing");
        }
        // What has no line end gets one before the next line is added.
        world.cards(&[T1, &T1.replace("T-1", "T-2"), &T1.replace("T-1", "T-4")]);
        world.run();
        assert_eq!(world.costs().len(), 4, "{}", text(&world));
    }
}

#[test]
fn a_file_with_a_line_that_cannot_be_read_is_neither_written_nor_compared() {
    for (target, broken, said) in [
        (ConnectorKind::Csv, "T-9,\"open\n", "line 3: a quote is never closed"),
        (ConnectorKind::Jsonl, "{\"external_id\":\n", "line 2: it is no JSON: EOF while parsing a value"),
    ] {
        let world = World::in_files(target);
        world.cards(&[T1]);
        world.run();
        let whole = text(&world) + broken;
        std::fs::write(world.cost_file(), &whole).unwrap();
        for cards in [vec![T1], vec![T1, "T-2,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z"]] {
            world.cards(&cards);
            let error = world.try_run().unwrap_err().to_string();
            assert!(error.starts_with("`erp.project_cost` at ") && error.contains(said), "{error}");
            assert_eq!(text(&world), whole);
        }
        std::fs::write(world.cost_file(), whole.strip_suffix(broken).unwrap()).unwrap();
        assert_eq!((time(&world.run()).reconciled, world.costs().len()), (Some(true), 2));
    }
}

#[test]
fn columns_of_a_file_that_is_there_are_looked_at_first() {
    let world = World::in_files(ConnectorKind::Csv);
    std::fs::create_dir(world.path("erp")).unwrap();
    std::fs::write(world.cost_file(), "external_id,project,hours,amount,currency,note,reversal_of,number,status\n")
        .unwrap();
    let error = world.try_run().unwrap_err().to_string();
    assert!(error.ends_with("project_cost.csv: there is no column `syncline_key`"), "{error}");
    // An entity that promises no idempotency key needs no place for it.
    let mut world = world;
    world.change_plan(|plan| erp_entity(plan).idempotency = None);
    world.cards(&[T1]);
    world.run();
    assert_eq!(text(&world).lines().nth(1), Some("T-1,P-1,7.50,750.0000,USD,,,,"));
}

/// Every file below a folder, with its bytes.
fn files(world: &World) -> BTreeMap<std::path::PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![world.folder.path().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path.clone());
                found.insert(path, Vec::new());
            } else {
                found.insert(path.clone(), std::fs::read(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn a_preview_touches_no_file() {
    for target in BOTH {
        let mut world = World::in_files(target);
        let said = |world: &World| {
            let before = files(world);
            let said = preview(&world.plan, &world.profile(), &world.options, &mut Quiet).unwrap();
            assert_eq!(before.keys().collect::<Vec<_>>(), files(world).keys().collect::<Vec<_>>());
            assert!(before == files(world), "a file was changed");
            said.lines.into_iter().map(|line| (line.action, line.line)).collect::<Vec<_>>()
        };
        world.cards(&[T1]);
        let posts =
            |lines: &[(&str, &str)]| lines.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
        assert_eq!(said(&world), posts(&[("post", "T-1")]));
        // Also when a write was interrupted, whose repair is left to the next run.
        assert!(world.killed_at(&Kill { point: "file.half-written", passing: 1 }));
        assert_eq!(said(&world), posts(&[("post", "T-1")]));
        world.run();
        world.cards(&[&T1.replace("T-1,1", "T-1,2").replace("7.50", "8.00")]);
        assert_eq!(said(&world), posts(&[("reverse", "T-1/1r"), ("post", "T-1/2")]));
        assert_eq!(world.costs().len(), 1);
    }
}

#[test]
fn a_folder_is_made_from_another_whole_or_not_at_all() {
    let mut world = World::in_files(ConnectorKind::Jsonl);
    std::fs::write(world.path("empty/project_cost.jsonl"), "").unwrap();
    std::fs::write(world.path("empty/LIESMICH.txt"), "books").unwrap();
    assert!(world.killed_at(&Kill { point: "target.after-init", passing: 1 }));
    assert!(!world.path("erp").exists());
    world.run();
    assert_eq!(std::fs::read_to_string(world.path("erp/LIESMICH.txt")).unwrap(), "books");
    std::fs::remove_file(world.path("erp/LIESMICH.txt")).unwrap();
    world.run();
    assert!(!world.path("erp/LIESMICH.txt").exists(), "it is copied once");
}

const CHILD: &str = "SYNCLINE_TEST_FILE_CHILD";

fn kind(name: &str) -> ConnectorKind {
    BOTH.into_iter().find(|kind| kind.name() == name).unwrap()
}

/// Not a test of its own: what the test below starts as another process.
#[test]
fn child_that_is_killed() {
    let Ok(job) = std::env::var(CHILD) else { return };
    let [folder, target, kill] = job.split('|').collect::<Vec<_>>()[..] else { panic!("{job}") };
    let mut world = World::in_files(kind(target));
    world.options.base_dir = folder.into();
    world.options.batch = 2;
    world.options.kill = Some(Trap::new(kill.parse().unwrap(), Manner::Abort));
    run(&world.plan, &world.profile(), &world.options, &mut Quiet).unwrap();
}

#[test]
fn a_process_that_dies_while_it_writes_leaves_whole_lines() {
    let expected = expected();
    for target in BOTH {
        for point in ["file.before-write", "file.half-written", "file.before-sync"] {
            let mut world = World::in_files(target);
            world.options.batch = 2;
            day(&world, 0);
            let child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "files::child_that_is_killed"])
                .env(CHILD, format!("{}|{}|{point}#1", world.folder.path().display(), target.name()))
                .output()
                .unwrap();
            assert!(!child.status.success(), "{point}: {child:?}");
            assert!(world.path(&format!("erp/project_cost.{}.pending", target.name())).exists(), "{point}");
            for after in 0..3 {
                day(&world, after);
                world.run();
            }
            assert_eq!(end(&world), expected, "{point}");
        }
    }
}
