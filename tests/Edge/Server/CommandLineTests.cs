using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Commands by their lines, where a start of the program would show nothing more (<see cref="ProgramTests"/> has those).</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("serve --api-rate none", "--api-rate")]
    [InlineData("serve --media elsewhere", "--media")]
    [InlineData("demo --at-a-time 0", "--at-a-time")]
    [InlineData("call +15550000001 --from me", "--from")]
    [InlineData("call +15550000001 --ring-seconds 0", "--ring-seconds")]
    [InlineData("lab dial --from me --to +15550100000", "--from")]
    [InlineData("trunk test nobody --data /proc/none", "/proc/none")]
    [InlineData("trunk add berlin 192.0.2.10 --transport sctp", "'tcp'")]
    [InlineData("trunk add berlin 192.0.2.10 --user acme", "RINGWRIGHT_TRUNK_PASSWORD")]
    [InlineData("text-carrier add north 192.0.2.10 --system-id acme --alphabet ebcdic", "'gsm7'")]
    [InlineData("text-carrier add north 192.0.2.10 --system-id acme", "--password-file")]
    [InlineData("text-carrier add-http web /proc/none", "/proc/none")]
    [InlineData("trunk set berlin", "nothing was said"), InlineData("trunk set berlin --enabled maybe", "'off'")]
    [InlineData("numbers set 12 --country DE", "'12'"), InlineData("number set +15550100001", "--connection")]
    [InlineData("calls list --recent --refused", "two lists"), InlineData("calls --recent --refused", "two lists")]
    [InlineData("call list --source 192.0.2.1", "--refused"), InlineData("calls --refused-dials --source 192.0.2.1", "--source")]
    [InlineData("calls --reason loop", "--reason"), InlineData("calls --refused --refused-dials", "of its own")]
    [InlineData("tenant create", "tenant create")]
    [InlineData("tenant create acme --channels -1", "--channels")]
    [InlineData("tenant limit acme", "--channels")]
    [InlineData("tenant limit acme --channels many", "--channels")]
    [InlineData("tenant limit acme --rate 0", "--rate")]
    [InlineData("tenant limit acme --daily-spend 1e3", "--daily-spend")]
    [InlineData("tenant webhooks acme --retries often", "--retries")]
    [InlineData("tenant webhooks acme", "--retries")]
    [InlineData("events replay", "--status")]
    [InlineData("events replay 01a1faf0-b034-729a-9326-bf050f2c1f08 --all", "--status")]
    [InlineData("key list --data /proc/none", "/proc/none")]
    [InlineData("key revoke", "key revoke")]
    [InlineData("campaign run --contacts x --message y --from +15550100000 --window sometime", "--window")]
    [InlineData("campaign run --contacts x --message y --from +15550100000 --consent maybe", "'express'")]
    [InlineData("campaign run --contacts x --message y --from +15550100000 --country Germany", "--country")]
    [InlineData("campaign import 1 x --map phone", "--map"), InlineData("campaign import 1 x --map A=phone --map a=name", "twice")]
    [InlineData("wait --seconds 0", "--seconds")]
    [InlineData("mcp --role operator", "'reader'")]
    [InlineData("wait --api 127.0.0.1:8080", "--api")]
    [InlineData("call show --jsn 0199a7c4", "'--json'"), InlineData("call --sya hello +15550000001", "'--say'")]
    [InlineData("snapshot save --overwrit", "'--overwrite'"), InlineData("trunk remove --dta", "'--data'")]
    public async Task What_a_command_finds_wrong_with_its_call_is_one_line(string line, string named) =>
        CommandRun.Refuses(named, await CommandRun.RunAsync([.. line.Split(' ')]));

    [Theory]
    [InlineData("key list"), InlineData("key add"), InlineData("key revoke 0199a7c4-0000-7000-8000-000000000000"),
        InlineData("tenant list"), InlineData("tenant limit acme --channels 1"), InlineData("trunk list"),
        InlineData("trunk remove berlin"), InlineData("trunk set berlin --transport tcp"), InlineData("streams"),
        InlineData("phones"), InlineData("trunks"), InlineData("phone list --refused"),
        InlineData("call list"), InlineData("calls"), InlineData("calls list --recent"), InlineData("numbers list"),
        InlineData("number set +15550100001 --country DE")]
    [InlineData("route list"), InlineData("route remove berlin"), InlineData("route explain --from +12125550123 --to +4930123456"),
        InlineData("bundle list"), InlineData("rates list"), InlineData("access list"), InlineData("access remove --all")]
    [InlineData("snapshot save FILE"), InlineData("balance show"), InlineData("events list"), InlineData("warnings"),
        InlineData("trunk test berlin")]
    [InlineData("mcp")]
    [InlineData("text-carrier list"), InlineData("text-carrier switch north off"), InlineData("text-carrier remove north"),
        InlineData("text-carrier trace 0199a7c4-0000-7000-8000-000000000000")]
    public async Task What_only_reads_or_ends_something_makes_no_folder_and_no_account(string line)
    {
        using var folder = new TempFolder();
        string mistyped = Path.Combine(folder.Path, "mistyped"), file = Path.Combine(folder.Path, "saved.jsonl");
        var (exit, output, errors) =
            await CommandRun.RunAsync([.. line.Replace("FILE", file, StringComparison.Ordinal).Split(' '), "--data", mistyped]);
        Assert.Equal((2, ""), (exit, output));
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
        Assert.Contains(mistyped, errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    /// <summary>As a list with <c>--watch</c> finds it when the node is stopped.</summary>
    [Fact]
    public async Task A_node_that_ends_while_it_is_asked_is_one_line()
    {
        using var folder = new TempFolder();
        var status = new NodeStatus
        {
            Version = "0", Pid = 1, Http = "-", Admin = "-", Sip = "-", Rtp = "-", Media = "inline", IsReady = true, Legs = 0,
            StartedAt = DateTimeOffset.UnixEpoch,
        };
        string json = JsonSerializer.Serialize(status, NodeStatusJson.Default.NodeStatus);
        using var door = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        door.Bind(new UnixDomainSocketEndPoint(AdminSocket.PathFor(folder.Path)));
        door.Listen();
        var node = AnswerOnceAsync();
        CommandRun.Refuses("see whether the node still runs", await CommandRun.RunAsync("trunk", "list", "--data", folder.Path));
        await node;

        async Task AnswerOnceAsync()
        {
            var stop = TestContext.Current.CancellationToken;
            using (var asker = await door.AcceptAsync(stop))
            {
                await asker.ReceiveAsync(new byte[4096], stop);
                await asker.SendAsync(Encoding.UTF8.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    + $"Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\nConnection: close\r\n\r\n{json}"), stop);
            }
            door.Close();
        }
    }

    /// <summary>Of one that may not be looked into nobody can say that no node has run on it. Root may look anywhere.</summary>
    [Fact]
    public async Task A_data_folder_of_another_users_is_told_as_that()
    {
        using var folder = new TempFolder();
        string shut = Directory.CreateDirectory(Path.Combine(folder.Path, "shut"), UnixFileMode.None).FullName;
        CommandRun.Refuses(Environment.IsPrivilegedProcess ? "no node has run on" : "another user's",
            await CommandRun.RunAsync("trunk", "list", "--data", shut));
        File.SetUnixFileMode(shut, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Theory]
    [InlineData("help", "--help"), InlineData("help trunk add", "trunk add --help"), InlineData("version", "--version")]
    public async Task Help_and_version_may_be_words(string typed, string meant)
    {
        var run = await CommandRun.RunAsync(typed.Split(' '));
        Assert.Equal((0, ""), (run.Exit, run.Errors));
        Assert.NotEmpty(run.Output);
        Assert.Equal(run, await CommandRun.RunAsync(meant.Split(' ')));
    }

    [Fact]
    public async Task The_tally_ends_with_how_many_of_822()
    {
        var (exit, output, _) = await CommandRun.RunAsync("contract");
        string[] lines = output.TrimEnd('\n').Split('\n');
        Assert.Equal(0, exit);
        Assert.Matches(@"^webhook events: \d+ of 64$", lines[^4]);
        Assert.Matches(@"^operations: \d+ of 822$", lines[^3]);
        Assert.Matches(@"^proven: \d+ of 822$", lines[^2]);
        Assert.Matches(@"^parameters: \d+ act, \d+ stored, \d+ refused$", lines[^1]);
    }
}
