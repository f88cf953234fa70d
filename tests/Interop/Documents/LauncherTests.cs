using System.Diagnostics;
using Ringwright.Testing;

namespace Ringwright.Interop.Documents;

/// <summary>The launcher in a tree of its own, with a .NET SDK that only says what it was asked.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly TempFolder _tree = new();

    public LauncherTests()
    {
        foreach (string file in new[]
        {
            "ringwright", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", ".ci/run",
            "bench/best.tsv"
        })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_tree.File(file))!);
            File.Copy(Repository.PathOf(file), _tree.File(file));
        }
        Directory.CreateDirectory(_tree.File("src"));
        Directory.CreateDirectory(_tree.File("bin"));
        File.WriteAllText(_tree.File("src/a.cs"), "first");
        // Nothing is installed here either.
        Program("apt-get", "exit 1");
        Program("dotnet", """
            case "$*" in *"${BROKEN:-nothing}"*) echo "a.cs(1,1): error CS0001: broken"; exit 1 ;; esac
            case $1 in
              --version) echo 10.0.400 ;;
              exec) program=${2#"$PWD/artifacts/"}; shift 2; echo "suites of $program: $*"
                case "$*" in
                  *--plan*) mkdir -p artifacts; echo "{}" >artifacts/changed.slnf; printf "${PICKED-}" >artifacts/changed.suites ;;
                  *"--gates 3 0 "*|*"--filter parameters.test.js"*|*"--filter Blocks_"*) ;;
                  *) exit 1 ;;
                esac ;;
              restore) case "${NUGET_PACKAGES-}" in */artifacts/vendor/packages)
                mkdir -p "$NUGET_PACKAGES/a/1.0.0"; echo "$2" >>"$NUGET_PACKAGES/a/1.0.0/a.1.0.0.nupkg" ;; esac ;;
              build) echo "packages of ${RestoreSources-the registry}"; echo "  Server -> ringwright.dll"; mkdir -p artifacts/bin/Server/release; : >artifacts/bin/Server/release/ringwright.dll ;;
              msbuild) echo "$PWD/bin/compiler" ;;
              *) program=${1#"$PWD/artifacts/"}; shift; echo "ran $*"; echo "of $program" ;;
            esac
            """);
        Program("compiler", """echo code >"$4" """);
        Directory.CreateDirectory(Framework("10.0.9"));
    }

    private string Framework(string version) => _tree.File($"bin/shared/Microsoft.NETCore.App/{version}");

    private void Program(string name, string text)
    {
        string file = Path.Combine(_tree.File("bin"), name);
        File.WriteAllText(file, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task A_service_that_was_never_built_is_not_compiled_where_nobody_sits()
    {
        var (status, text) = await RunAsync("sh", "./ringwright", "serve");
        Assert.Equal(2, status);
        Assert.Contains("nothing is built yet", text, StringComparison.Ordinal);
        Assert.False(File.Exists(_tree.File("artifacts/bin/Server/release/ringwright.dll")));
    }

    [Fact]
    public async Task At_a_terminal_it_is_compiled_with_its_progress()
    {
        Tool.Require("script");
        var (status, text) = await RunAsync("script", "-qec", "sh ./ringwright serve --lab", "/dev/null");
        Assert.Equal(0, status);
        Assert.Contains("building Server.csproj", text, StringComparison.Ordinal);
        Assert.Contains("1 projects after", text, StringComparison.Ordinal);
        Assert.Contains("ran serve --lab", text, StringComparison.Ordinal);
    }

    /// <summary>In the gate the command that nobody waits for.</summary>
    public static TheoryData<string> Commands => Depth.Rows(gate: ["serve"], deep: ["trunk"]);

    [Theory, MemberData(nameof(Commands))]
    public async Task A_stale_build_is_said_and_run_as_it_is(string command)
    {
        await RunAsync("sh", "./ringwright", "demo");
        Assert.DoesNotContain("./ringwright build", (await RunAsync("sh", "./ringwright", command)).Text, StringComparison.Ordinal);

        await File.WriteAllTextAsync(_tree.File("src/a.cs"), "second", TestContext.Current.CancellationToken);
        var (status, text) = await RunAsync("sh", "./ringwright", command);
        Assert.Equal(0, status);
        Assert.Contains("./ringwright build brings it up to date", text, StringComparison.Ordinal);
        Assert.DoesNotContain("building", text, StringComparison.Ordinal);
        Assert.Contains("ran " + command, text, StringComparison.Ordinal);
    }

    /// <summary>As a distribution has one, and the SDK's own installer puts another beside it, which is on no path.</summary>
    [Fact]
    public async Task An_older_NET_on_the_path_does_not_hide_one_that_can_be_used()
    {
        Directory.CreateDirectory(_tree.File("own"));
        File.Copy(_tree.File("bin/dotnet"), _tree.File("own/dotnet"));
        Directory.CreateDirectory(_tree.File("own/shared/Microsoft.NETCore.App/10.0.9"));
        Directory.Delete(Framework("10.0.9"));
        Directory.CreateDirectory(Framework("8.0.20"));
        Program("dotnet", "echo too old; exit 1");
        var (status, text) = await RunAsync("env", $"DOTNET_ROOT={_tree.File("own")}", "sh", "./ringwright", "demo");
        Assert.True(status == 0, text);
        Assert.Contains("ran demo\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("too old", text, StringComparison.Ordinal);
    }

    /// <summary>As Ubuntu packages it (10.0.107 where others have 10.0.401): it runs what is built, and builds nothing of this.</summary>
    [Fact]
    public async Task An_SDK_of_an_older_band_does_not_hide_one_that_builds()
    {
        Directory.CreateDirectory(_tree.File("own"));
        File.Copy(_tree.File("bin/dotnet"), _tree.File("own/dotnet"));
        Directory.CreateDirectory(_tree.File("own/shared/Microsoft.NETCore.App/10.0.9"));
        Directory.CreateDirectory(_tree.File("own/sdk/10.0.401"));
        Directory.CreateDirectory(_tree.File("bin/sdk/10.0.107"));
        Program("dotnet", "echo too old; exit 1");
        var (status, text) = await RunAsync("env", $"DOTNET_ROOT={_tree.File("own")}", "sh", "./ringwright", "demo");
        Assert.True(status == 0, text);
        Assert.Contains("ran demo\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("too old", text, StringComparison.Ordinal);
    }

    /// <summary>As the SDK's archive on a bare Debian: each of its commands ends at its start, what it has built runs.</summary>
    [Fact]
    public async Task An_SDK_without_ICU_builds_all_the_same()
    {
        string sdk = await File.ReadAllTextAsync(_tree.File("bin/dotnet"), TestContext.Current.CancellationToken);
        Program("dotnet", """
            case $1 in --version | build | restore | msbuild)
              if [ "${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT-}" != 1 ]; then echo "Couldn't find a valid ICU package"; kill -ABRT $$; fi ;;
            esac
            """ + "\n" + sdk);
        await BuildAsync();
        // Where all is built but the code made ahead, nothing else has asked the SDK before.
        File.Delete(_tree.File("artifacts/stamp/ahead"));
        await BuildAsync();
        Assert.Contains(Ahead, await SayAsync("demo"), StringComparison.Ordinal);

        async Task BuildAsync()
        {
            var (status, text) = await RunAsync("env", "-u", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "sh", "./ringwright", "build");
            Assert.True(status == 0, text);
            Assert.DoesNotContain("starts will take longer", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Abort", text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task What_is_asked_of_the_demo_is_passed_on()
    {
        var (status, text) = await RunAsync("sh", "./ringwright", "demo", "--through", "voipbin", "--seed", "2");
        Assert.Equal(0, status);
        Assert.Contains("ran demo --through voipbin --seed 2\n", text, StringComparison.Ordinal);
        Assert.Contains("ran trunk add --help\n", (await RunAsync("sh", "./ringwright", "help", "trunk", "add")).Text,
            StringComparison.Ordinal);
        Assert.Contains("--version", (await RunAsync("sh", "./ringwright", "help", "bench")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check --help"), InlineData("help check"), InlineData("build --offline carried -h"), InlineData("publish --help")]
    public async Task What_has_no_page_of_its_own_does_not_do_its_work_instead(string asked)
    {
        var (status, text) = await RunAsync(["sh", "./ringwright", .. asked.Split(' ')]);
        Assert.Equal(0, status);
        Assert.Contains("\n  --help     this page", text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_tree.File("artifacts")));
    }

    private const string Plain = "of bin/Server/release/ringwright.dll", Ahead = "of ahead/ringwright.dll";

    [Fact]
    public async Task Code_made_ahead_runs_for_the_sources_and_the_framework_that_it_was_made_for()
    {
        var stop = TestContext.Current.CancellationToken;
        Assert.Contains(Plain, await SayAsync("demo"), StringComparison.Ordinal);
        Assert.Contains("making code ahead", await SayAsync("build"), StringComparison.Ordinal);
        Assert.Equal("code\n", await File.ReadAllTextAsync(_tree.File("artifacts/ahead/ringwright.dll"), stop));
        Assert.DoesNotContain("making", await SayAsync("build"), StringComparison.Ordinal);
        foreach (string command in new[] { "serve", "demo", "trunk" })
            Assert.Contains(Ahead, await SayAsync(command), StringComparison.Ordinal);

        await File.WriteAllTextAsync(_tree.File("src/a.cs"), "second", stop);
        Assert.Contains(Plain, await SayAsync("serve"), StringComparison.Ordinal);
        Assert.Contains(Plain, await SayAsync("demo"), StringComparison.Ordinal); // which compiles, and makes no code
        await File.WriteAllTextAsync(_tree.File("src/a.cs"), "first", stop);
        Assert.Contains(Ahead, await SayAsync("demo"), StringComparison.Ordinal);

        Directory.CreateDirectory(Framework("10.0.10"));
        string text = await SayAsync("serve");
        Assert.Contains(Plain, text, StringComparison.Ordinal);
        Assert.Contains(".NET has changed", text, StringComparison.Ordinal);
        await SayAsync("build");
        Assert.Contains(Ahead, await SayAsync("serve"), StringComparison.Ordinal);
    }

    /// <summary>In the gate one of the reasons: what follows is the same.</summary>
    public static TheoryData<string> Reasons =>
        Depth.Rows(gate: ["the compiler fails"], deep: ["the package cannot be had", "the framework is not found"]);

    [Theory, MemberData(nameof(Reasons))]
    public async Task Where_no_code_can_be_made_ahead_the_program_runs_as_it_is(string why)
    {
        if (why == "the compiler fails") Program("compiler", """echo half >"$4"; exit 1""");
        if (why == "the framework is not found") Directory.Delete(Framework("10.0.9"));
        string broken = why == "the package cannot be had" ? "tools/Ahead" : "nothing";
        var (status, text) = await RunAsync("env", $"BROKEN={broken}", "sh", "./ringwright", "build");
        Assert.Equal(0, status);
        Assert.Contains("starts will take longer", text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_tree.File("artifacts/ahead")));
        Assert.Contains(Plain, await SayAsync("serve"), StringComparison.Ordinal);
    }

    private async Task<string> SayAsync(string command)
    {
        var (status, text) = await RunAsync("sh", "./ringwright", command);
        Assert.Equal(0, status);
        return text;
    }

    /// <summary>
    /// Three gates, and then the suites with two steps beside them, whose program counts them all; where nothing was built, the launcher
    /// does.
    /// </summary>
    [Theory]
    [InlineData("nothing", "", "--gates 3 0 --beside ahead --beside format --suite Pure")]
    [InlineData("build Ringwright.slnx", "build", "2 passed, 2 failed, 0 skipped")]
    public async Task What_every_change_must_pass_counts_its_gates_and_goes_on(string broken, string gate, string line)
    {
        var (status, text) = await RunAsync("env", $"BROKEN={broken}", "sh", ".ci/run", "--suite", "Pure");
        Assert.Equal(gate.Length == 0 ? 0 : 1, status);
        string wanted = line.StartsWith('-') ? $"suites of bin/Suites/release/Ringwright.Suites.dll: --root {_tree.Path} {line}" : line;
        Assert.Contains($"\n{wanted}\n", text, StringComparison.Ordinal);
        if (gate.Length == 0) return;
        Assert.Matches($"(?m)^{gate} +failed$", text);
        Assert.Contains("error CS0001: broken", text, StringComparison.Ordinal);
    }

    [Theory, Depth("the gate has it with no fault, and with one that stops the build")]
    [InlineData("restore Ringwright.slnx -v q -p:RestoreLockedMode", "locks", "--gates 2 1 --beside ahead --beside format --suite Pure")]
    [InlineData("restore Ringwright.slnx -v q -p:RingwrightCheck", "pins", "--gates 2 1 --beside ahead --beside format --suite Pure")]
    // "build", the plain one, is good then.
    [InlineData("-tl:off -p:RingwrightCheck=true", "analyzers", "--gates 3 1 --beside ahead --beside format --suite Pure")]
    public Task Each_gate_that_a_change_fails_is_counted(string broken, string gate, string line) =>
        What_every_change_must_pass_counts_its_gates_and_goes_on(broken, gate, line);

    [Theory]
    [InlineData("format", "format whitespace", "error CS0001: broken")]
    [InlineData("ahead", "tools/Ahead", "starts will take longer")]
    public async Task A_step_beside_the_suites_fails_where_what_it_does_fails(string step, string broken, string told)
    {
        await RunAsync("sh", "./ringwright", "demo");
        Assert.Equal(0, (await RunAsync("sh", "./ringwright", step)).Status);
        File.Delete(_tree.File("artifacts/stamp/ahead")); // it would not be made again
        var (status, text) = await RunAsync("env", $"BROKEN={broken}", "sh", "./ringwright", step);
        Assert.Equal(1, status);
        Assert.Contains(told, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--suite Edge --suite Pure --filter Loud.Tests", "--gates 0 0 --suite Edge --suite Pure --filter Loud.Tests")]
    public async Task What_is_asked_of_the_suites_is_passed_on(string asked, string passed)
    {
        var (_, text) = await RunAsync(["sh", "./ringwright", "test", .. asked.Split(' ')]);
        Assert.Contains($" {passed}\n", text, StringComparison.Ordinal);
    }

    [Theory, Depth("the gate names suites and a filter")]
    [InlineData("--all", "--gates 0 0 --all"), InlineData("--long", "--gates 0 0 --all --seconds 7200")]
    public Task How_much_of_the_suites_is_asked_for_is_passed_on(string asked, string passed) =>
        What_is_asked_of_the_suites_is_passed_on(asked, passed);

    /// <summary>Rows of contracts come first: what is built after them is what the pages are written of.</summary>
    [Fact]
    public async Task Golden_files_are_written_after_the_rows_of_what_only_the_newest_SDK_knows()
    {
        var (_, text) = await RunAsync("sh", "./ringwright", "golden");
        Assert.Equal(
            ["--suite Node --filter parameters.test.js", "--suite Architecture --filter Blocks_that_are_not_run",
                "--all --suite Pure --suite Edge --suite Contract"],
            text.Split('\n').Where(line => line.StartsWith("suites of ", StringComparison.Ordinal))
                .Select(line => line[(line.IndexOf(" --gates 0 0 ", StringComparison.Ordinal) + 13)..]));
        Assert.DoesNotContain("Node", await SaidAsync("--suite Pure"), StringComparison.Ordinal);

        async Task<string> SaidAsync(string asked) => (await RunAsync(["sh", "./ringwright", "golden", .. asked.Split(' ')])).Text;
    }

    /// <summary>By the classes that count, whatever they are called; one suite's fault does not leave the other out.</summary>
    [Fact]
    public async Task Allocations_are_measured_by_the_tests_that_hold_them_one_after_the_other()
    {
        foreach (var (file, text) in new[]
        {
            ("tests/Pure/Media/TickTests.cs", "AllocationBudget.Holds(\"tick: new\", 1, run);"),
            ("tests/Pure/Media/OtherTests.cs", "run();"), ("tests/Edge/Telnyx/PathTests.cs", "AllocationBudget.Check(path, 1, 1);"),
        })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_tree.File(file))!);
            await File.WriteAllTextAsync(_tree.File(file), text, TestContext.Current.CancellationToken);
        }
        var (_, said) = await RunAsync("sh", "./ringwright", "golden", "--allocations");
        const string alone = "-noColor -noLogo -parallel none -class";
        Assert.Equal([$"Pure.dll: {alone} *.TickTests", $"Edge.dll: {alone} *.PathTests"],
            said.Split('\n').Where(line => line.StartsWith("suites of ", StringComparison.Ordinal))
                .Select(line => line[(line.IndexOf("Ringwright.", StringComparison.Ordinal) + 11)..]));
    }

    /// <summary>The plan is made by the suites' program, built by the launcher, and run by the program again.</summary>
    [Theory]
    [InlineData("", "Architecture\\n", "--changed ", true)]
    [InlineData(" v1", "", "--changed v1 --plan", false)]
    public async Task What_changed_is_planned_then_built_then_run(string asked, string picked, string last, bool isBuilt)
    {
        string[] more = asked.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (_, text) = await RunAsync(["env", $"PICKED={picked}", "sh", "./ringwright", "test", "--changed", .. more]);
        Assert.Contains("building Suites.csproj", text, StringComparison.Ordinal);
        Assert.Contains($": --root {_tree.Path} {last}\n", text, StringComparison.Ordinal);
        Assert.Equal(isBuilt, text.Contains("building changed.slnf", StringComparison.Ordinal));
    }

    [Theory, Depth("the gate names no revision, and has a plan that picks nothing")]
    [InlineData(" v1", "--changed v1"), InlineData(" --all", "--changed  --all")]
    public Task What_changed_since_a_revision_or_is_to_run_whole_is_planned_too(string asked, string last) =>
        What_changed_is_planned_then_built_then_run(asked, "Architecture\\n", last, isBuilt: true);

    [Theory]
    [InlineData("--changed --suite Edge", "test --changed chooses by itself, and goes without --suite")]
    public async Task What_a_test_run_cannot_be_asked_is_said(string asked, string answer)
    {
        var (status, text) = await RunAsync(["sh", "./ringwright", "test", .. asked.Split(' ')]);
        Assert.Equal(2, status);
        Assert.Contains(answer, text, StringComparison.Ordinal);
    }

    [Theory, Depth("the gate refuses two words of a test run that do not go together")]
    [InlineData("--suite Nowhere", "there is no suite 'Nowhere'")]
    [InlineData("--filter a;b", "--filter takes a part of a test's name")]
    [InlineData("--often", "test does not know '--often'")]
    public Task What_else_a_test_run_cannot_be_asked_is_said(string asked, string answer) =>
        What_a_test_run_cannot_be_asked_is_said(asked, answer);

    [Theory]
    [InlineData("--against best --workload W99", "bench/best.tsv has no landing for W99")]
    public async Task What_bench_cannot_be_asked_against_a_revision_is_said(string asked, string answer)
    {
        var (status, text) = await RunAsync(["sh", "./ringwright", "bench", .. asked.Split(' ')]);
        Assert.Equal(2, status);
        Assert.Contains(answer, text, StringComparison.Ordinal);
    }

    [Theory, Depth("the gate has a workload that has no best landing")]
    [InlineData("--against nowhere", "git knows no revision 'nowhere'")]
    [InlineData("--against HEAD --runs 3", "bench --against does not know '--runs'")]
    [InlineData("--against best --workload W4", "git knows no revision '5017b4a2'")]
    public Task What_else_bench_cannot_be_asked_against_a_revision_is_said(string asked, string answer) =>
        What_bench_cannot_be_asked_against_a_revision_is_said(asked, answer);

    [Fact]
    public async Task What_is_published_is_code_made_ahead_and_the_NET_that_it_was_made_for()
    {
        Directory.CreateDirectory(_tree.File("tools/Publish"));
        await File.WriteAllTextAsync(_tree.File("tools/Publish/publish"), "echo \"packs $*\"\n", TestContext.Current.CancellationToken);
        var (status, text) = await RunAsync("sh", "./ringwright", "publish", "--output", "out");
        Assert.Equal(0, status);
        Assert.Contains($"packs {_tree.Path} {_tree.Path}/artifacts/ahead {_tree.Path}/bin 10.0.9 out\n", text, StringComparison.Ordinal);
        (status, text) = await RunAsync("sh", "./ringwright", "publish", "--to", "out");
        Assert.Equal(2, status);
        Assert.Contains("publish does not know '--to'", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_without_a_network_builds_from_a_folder_that_another_filled()
    {
        var stop = TestContext.Current.CancellationToken;
        var (status, text) = await RunAsync("sh", "./ringwright", "build", "--offline", "carried");
        Assert.Equal(2, status);
        Assert.Contains("no packages are in carried", text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_tree.File("artifacts/bin")));

        (status, text) = await RunAsync("sh", "./ringwright", "build", "--vendor", "carried");
        Assert.Equal(0, status);
        Assert.Contains($"1 packages are in {_tree.Path}/carried", text, StringComparison.Ordinal);
        // Solution, bench and the compiler that code is made ahead with: none is left out, and nothing is left behind.
        Assert.Equal("Ringwright.slnx\nbench/Bench.csproj\ntools/Ahead/Ahead.csproj\n",
            await File.ReadAllTextAsync(_tree.File("carried/a.1.0.0.nupkg"), stop));
        Assert.False(Directory.Exists(_tree.File("artifacts/vendor")));
        Assert.False(Directory.Exists(_tree.File("artifacts/bin")));

        (status, _) = await RunAsync("sh", "./ringwright", "build", "--offline", "carried");
        Assert.Equal(0, status);
        Assert.Contains($"packages of {_tree.Path}/carried\n", await File.ReadAllTextAsync(_tree.File("artifacts/build.log"), stop),
            StringComparison.Ordinal);
        (status, text) = await RunAsync("sh", "./ringwright", "build", "--from", "carried");
        Assert.Equal(2, status);
        Assert.Contains("build does not know '--from'", text, StringComparison.Ordinal);
    }

    /// <summary>What it lists follows the program (LauncherHelpTests), and needs neither it nor .NET.</summary>
    [Fact]
    public async Task Its_help_is_there_before_anything_is_built()
    {
        File.Delete(_tree.File("bin/dotnet"));
        var (status, text) = await RunAsync("sh", "./ringwright", "--help");
        Assert.Equal(0, status);
        Assert.Contains("\n  serve      run a node", text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_tree.File("artifacts")));
    }

    private async Task<(int Status, string Text)> RunAsync(params string[] line)
    {
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            WorkingDirectory = _tree.Path, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true
        };
        start.Environment["PATH"] = $"{_tree.File("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{line[0]} did not start");
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    public void Dispose() => _tree.Dispose();
}
