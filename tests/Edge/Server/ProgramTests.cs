using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>The program as a process: what a shell sees.</summary>
public sealed class ProgramTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "ringwright.dll");

    private static async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>A data folder that no node has used yet, in which the tables are made: making them is no matter here.</summary>
    private static string DataIn(TempFolder folder)
    {
        string data = Directory.CreateDirectory(Path.Combine(folder.Path, "data")).FullName;
        Migrated.CopyTo(data, ofNode: true);
        return data;
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    }) ?? throw new InvalidOperationException("dotnet did not start");

    public static TheoryData<string, string> Wrong()
    {
        var rows = new TheoryData<string, string>
        {
            { "serve --htpp 1", "--htpp" },
            { "serve --data /proc/none", "/proc/none" },
            { "dance", "dance" },
        };
        if (!Depth.IsAll) return rows;
        rows.Add("demo --contacts /proc/none", "/proc/none");
        rows.Add("tenant list --data /proc/none", "/proc/none");
        return rows;
    }

    [Theory, MemberData(nameof(Wrong))]
    public async Task What_is_wrong_with_the_call_is_one_line_on_stderr_and_exit_code_2(string line, string named) =>
        CommandRun.Refuses(named, await RunAsync([.. line.Split(' ')]));

    [Fact, Depth("the gate has how a program starts, stops and shuts its folder")]
    public async Task A_model_asks_for_tools_on_stdin_and_nothing_but_answers_is_on_stdout()
    {
        await using var node = await RunningNode.StartAsync();
        using var process = Start("mcp", "--data", node.Node.Settings.Data, "--key", RunningNode.Key);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}""");
        await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"ListPhoneNumbers"}}""");
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (process.ExitCode, await errors));
        var answers = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)
            .OrderBy(answer => (int)answer["id"]!).ToList();
        Assert.Equal(2, answers.Count);
        Assert.Equal("ringwright", (string?)answers[0]["result"]!["serverInfo"]!["name"]);
        Assert.False((bool)answers[1]["result"]!["isError"]!);
    }

    /// <summary>As a machine in an office has one in its environment, and nothing that says for which addresses it is not.</summary>
    [Fact, Depth("the gate has how a program starts, stops and shuts its folder")]
    public async Task A_proxy_for_the_outside_is_not_asked_for_a_node_on_this_machine()
    {
        await using var node = await RunningNode.StartAsync();
        var start = new ProcessStartInfo("dotnet", [Program, "wait", "--seconds", "20", "--api", $"http://{node.Node.Settings.Http}"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true
        };
        start.Environment["http_proxy"] = $"http://127.0.0.1:{FreePort.Tcp()}";
        foreach (string name in new[] { "no_proxy", "NO_PROXY" }) start.Environment.Remove(name);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await output + await errors);
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_on_stderr_and_exit_code_2()
    {
        using var folder = new TempFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var (exit, output, errors) = await RunAsync("serve", "--http", taken.LocalEndpoint.ToString()!, "--admin", "127.0.0.1:0", "--sip",
            "127.0.0.1:0", "--data", folder.Path);
        Assert.Equal(2, exit);
        Assert.Empty(output);
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
        Assert.Contains("--http", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_of_a_folder_without_a_node_says_so_and_makes_none()
    {
        using var folder = new TempFolder();
        string mistyped = Path.Combine(folder.Path, "mistyped");
        var (exit, output, errors) = await RunAsync("call", "trace", "00000000-0000-0000-0000-000000000001", "--data", mistyped);
        Assert.Equal(2, exit);
        Assert.Empty(output);
        Assert.Contains(mistyped, errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(mistyped));
    }

    [Fact, Depth("the gate has how a program starts, stops and shuts its folder")]
    public async Task A_list_of_a_folder_without_an_account_makes_none()
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "empty.jsonl"), data = DataIn(folder);
        await File.WriteAllTextAsync(file, """{"ringwright": {"snapshot": 1}}""" + "\n", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await CommandRun.RunAsync("snapshot", "load", file, "--data", data)).Exit);
        foreach (string line in new[] { "key list", "tenant list", "trunk list" })
        {
            string output = (await CommandRun.RunAsync([.. line.Split(' '), "--data", data])).Output;
            Assert.DoesNotContain("KEY0", output, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("default", (await RunAsync("tenant", "list", "--data", data)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_others_could_open_is_shut_with_all_that_is_in_it_and_nothing_new_is_open()
    {
        using var folder = new TempFolder();
        string data = Path.Combine(folder.Path, "data"), deep = Path.Combine(data, "recordings", "ab"),
            outside = Path.Combine(folder.Path, "outside");
        const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead
            | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        foreach (string made in new[] { data, Path.Combine(data, "recordings"), deep, outside }) Directory.CreateDirectory(made, Open);
        string recording = Path.Combine(deep, "old.wav"), elsewhere = Path.Combine(outside, "notes.txt");
        foreach (string file in new[] { recording, elsewhere })
        {
            await File.WriteAllTextAsync(file, "audio", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(file, Open);
        }
        File.CreateSymbolicLink(Path.Combine(data, "link"), elsewhere);

        Assert.Equal(0, (await RunAsync("tenant", "create", "acme", "--data", data)).Exit);
        Assert.Equal(0, (await RunAsync("snapshot", "save", Path.Combine(outside, "saved.jsonl"), "--data", data)).Exit);
        var entries = new DirectoryInfo(data).GetFileSystemInfos("*", SearchOption.AllDirectories).Where(e => e.LinkTarget is null)
            .Append(new DirectoryInfo(data)).Append(new FileInfo(Path.Combine(outside, "saved.jsonl"))).ToList();
        Assert.Contains(entries, e => e.Name == "ringwright.db");
        Assert.All(entries, e => Assert.True(
            (e.UnixFileMode & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | (e is DirectoryInfo ? UnixFileMode.UserExecute : 0))) == 0,
            $"{e.FullName} {e.UnixFileMode}"));
        // What the folder only points to is somebody else's.
        Assert.Equal(Open, File.GetUnixFileMode(elsewhere));
    }

    [Fact, Depth("the gate has how a program starts, stops and shuts its folder")]
    public async Task A_database_that_lies_elsewhere_is_its_owners_too()
    {
        using var folder = new TempFolder();
        string database = Path.Combine(folder.Path, "calls.db");
        await File.WriteAllBytesAsync(database, [], TestContext.Current.CancellationToken);
        File.SetUnixFileMode(database, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        var start = new ProcessStartInfo("dotnet", [Program, "tenant", "create", "acme", "--data", Path.Combine(folder.Path, "data")])
        {
            RedirectStandardOutput = true, RedirectStandardError = true
        };
        start.Environment["RINGWRIGHT_DATABASE"] = $"sqlite:{database}";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await output + await errors);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(database));
    }

    [Fact, Depth("the gate has how a program starts, stops and shuts its folder")]
    public async Task A_snapshot_is_not_written_over_unasked()
    {
        using var folder = new TempFolder();
        string data = DataIn(folder), file = Path.Combine(folder.Path, "saved.jsonl");
        Assert.Equal(0, (await CommandRun.RunAsync("tenant", "create", "acme", "--data", data)).Exit);
        await File.WriteAllTextAsync(file, "precious", TestContext.Current.CancellationToken);
        var (exit, output, errors) = await CommandRun.RunAsync("snapshot", "save", file, "--data", data);
        Assert.Equal((2, ""), (exit, output));
        Assert.Contains("--overwrite", errors, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        // A link is something too, wherever it leads.
        string link = Path.Combine(folder.Path, "link.jsonl");
        File.CreateSymbolicLink(link, Path.Combine(folder.Path, "not-there"));
        Assert.Equal(2, (await CommandRun.RunAsync("snapshot", "save", link, "--data", data)).Exit);

        (exit, _, errors) = await RunAsync("snapshot", "save", file, "--overwrite", "--data", data);
        Assert.True(exit == 0, errors);
        Assert.Contains("\"name\":\"acme\"", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(["data", "link.jsonl", "saved.jsonl"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact, Depth("the gate has how a program starts, stops and shuts its folder")]
    public async Task A_route_is_explained_without_a_running_node()
    {
        using var folder = new TempFolder();
        string data = DataIn(folder);
        await CommandRun.RunAsync("trunk", "add", "berlin", "192.0.2.10", "--prefix", "+49", "--caller-id", "any", "--data", data);
        await CommandRun.RunAsync("trunk", "add", "careful", "192.0.2.11", "--prefix", "+493", "--data", data);
        var (exit, output, errors) = await CommandRun.RunAsync("route", "explain", "--from", "+12125550123", "--to", "+4930123456",
            "--data", data);
        Assert.True(exit == 0, errors);
        Assert.Contains("OUT  +12125550123 -> +4930123456: dials", output, StringComparison.Ordinal);
        Assert.Contains("1. berlin at 192.0.2.10:5060 as +4930123456", output, StringComparison.Ordinal);
        Assert.Contains("caller_not_shown", output, StringComparison.Ordinal);
        var (_, inbound, _) = await CommandRun.RunAsync("route", "explain", "--from", "+12125550123", "--to", "+4930123456", "--source",
            "198.51.100.1", "--data", data);
        Assert.Contains("stranger (403)", inbound, StringComparison.Ordinal);
        Assert.Contains("no_such_source", inbound, StringComparison.Ordinal);
    }

    [Fact, Depth("the gate has how a program starts, stops and shuts its folder")]
    public async Task Accounts_and_keys_are_made_listed_and_ended_without_a_running_node()
    {
        using var folder = new TempFolder();
        string data = DataIn(folder);
        // On a new folder the first account's secrets are shown too: not among the JSON.
        var (exit, output, errors) = await RunAsync("tenant", "create", "agency", "--channels", "9", "--json", "--data", data);
        Assert.True(exit == 0, errors);
        var made = System.Text.Json.Nodes.JsonNode.Parse(output)!;
        Assert.StartsWith("KEY", (string?)made["telnyx_key"]);
        Assert.StartsWith("whsec_", (string?)made["webhook_secret"]);
        Assert.Contains((string)made["webhook_secret"]!, output, StringComparison.Ordinal);     // no escapes

        (exit, output, errors) = await CommandRun.RunAsync("tenant", "create", "client", "--parent", "agency", "--data", data);
        Assert.True(exit == 0, errors);
        Assert.Contains("below agency", output, StringComparison.Ordinal);
        (exit, output, errors) = await CommandRun.RunAsync("tenant", "limit", "client", "--channels", "none", "--daily-spend",
            "12.5", "--data", data);
        Assert.True(exit == 0, errors);
        Assert.Contains("daily spend 12.50", output, StringComparison.Ordinal);
        (exit, output, errors) = await CommandRun.RunAsync("tenant", "webhooks", "client", "--retries", "long", "--data", data);
        Assert.True(exit == 0, errors);
        Assert.Contains("long schedule", output, StringComparison.Ordinal);
        (exit, output, errors) = await CommandRun.RunAsync("key", "add", "--tenant", "client", "--role", "reader", "--label", "wall board",
            "--json", "--data", data);
        Assert.True(exit == 0, errors);
        string id = (string)System.Text.Json.Nodes.JsonNode.Parse(output)!["id"]!;
        Assert.Equal(0, (await CommandRun.RunAsync("key", "revoke", id, "--data", data)).Exit);
        (_, output, _) = await CommandRun.RunAsync("key", "list", "--tenant", "client", "--data", data);
        Assert.Contains("wall board", output, StringComparison.Ordinal);
        (_, output, _) = await CommandRun.RunAsync("tenant", "list", "--data", data);
        Assert.Equal(["NAME", "default", "agency", "client"], output.TrimEnd('\n').Split('\n')
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));

        (exit, output, errors) = await CommandRun.RunAsync("key", "add", "--tenant", "nobody", "--data", data);
        Assert.Equal((2, ""), (exit, output));
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Help_names_every_command()
    {
        var (exit, output, _) = await RunAsync("--help");
        Assert.Equal(0, exit);
        string[] commands = ["demo", "serve", "call", "doctor", "contract", "trunk", "route", "number, numbers", "tenant", "key"];
        foreach (string command in commands)
            Assert.Contains($"\n  {command} ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGTERM_stops_a_node_gracefully_with_exit_code_0()
    {
        using var folder = new TempFolder();
        using var node = Start("serve", "--http", $"127.0.0.1:{FreePort.Tcp()}", "--admin", "127.0.0.1:0", "--sip", "127.0.0.1:0", "--data",
            folder.Path, "--log-format", "json");
        var errors = new List<string>();
        await ReadToAsync(1000);
        // There is no terminal that could have been closed: it is whoever rotates logs.
        await SignalAsync("-HUP");
        await ReadToAsync(1022);
        await SignalAsync("-TERM");
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(node.ExitCode == 0, string.Join('\n', errors));
        Assert.All(errors, line => System.Text.Json.Nodes.JsonNode.Parse(line));

        async Task ReadToAsync(int eventId)
        {
            while (await node.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                errors.Add(line);
                if (line.Contains($"\"EventId\":{eventId}", StringComparison.Ordinal)) return;
            }
            Assert.Fail(string.Join('\n', errors));
        }

        async Task SignalAsync(string which)
        {
            using var kill = Process.Start("kill", [which, $"{node.Id}"]);
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact, Depth("the gate stops a node by SIGTERM, and its player of documents leaves no folder")]
    public async Task A_demo_that_is_stopped_leaves_no_folder_behind()
    {
        using var demo = Start("demo");
        var errors = demo.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string? line;
        do line = await demo.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        while (line?.Contains("  data ", StringComparison.Ordinal) is false);
        if (line is null) Assert.Fail($"the demo ended early: {await errors}");
        string folder = line.Split("  data ")[1].Trim();
        Assert.True(Directory.Exists(folder), line);

        using (var terminate = Process.Start("kill", ["-TERM", $"{demo.Id}"]))
            await terminate.WaitForExitAsync(TestContext.Current.CancellationToken);
        await demo.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(demo.ExitCode == 130, $"exit code {demo.ExitCode}: {await errors}");
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task A_node_that_should_end_with_its_input_does()
    {
        using var folder = new TempFolder();
        using var node = Start("serve", "--http", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--sip", "127.0.0.1:0", "--data",
            folder.Path, "--end-with-input");
        node.StandardInput.Close();
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, node.ExitCode);
    }
}
