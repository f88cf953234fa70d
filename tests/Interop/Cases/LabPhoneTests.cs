using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>The SIP user that <c>serve --lab</c> prints, and the file that says when and where the node is up.</summary>
public sealed partial class LabPhoneTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private RunningNode? _node;

    private RunningNode Node => _node!;     // made before any test
    private string ReadyFile => _folder.File("ready");

    public async ValueTask InitializeAsync()
    {
        // As a killed node leaves it.
        await File.WriteAllTextAsync(ReadyFile, "{}", TestContext.Current.CancellationToken);
        _node = new("--ready-file", ReadyFile);
        await _node.InitializeAsync();
    }

    [Fact, Depth("the gate reads what is printed; SoftphoneTests register, call and are called")]
    public async Task A_softphone_with_what_is_printed_calls_the_lab_and_is_called_by_its_number()
    {
        var phone = await PrintedAsync();
        string account = $"auth_user={phone.Groups["user"].Value};auth_pass={phone.Groups["password"].Value};regint=120;answermode=auto",
            door = phone.Groups["domain"].Value;
        await using (var caller = new Baresip(1_000, account, $"sip:+15550000000@{door}", $"sip:{phone.Groups["user"].Value}@{door}"))
            await caller.SaysAsync("Call established");

        await using var softphone = new Baresip(1_000, account, address: $"sip:{phone.Groups["user"].Value}@{door}");
        await softphone.SaysAsync("[1 binding]");
        await using var other = new Interop.Phone(Node, 440);
        other.Call(phone.Groups["number"].Value);
        await other.HearsAsync(1_000);
    }

    [Fact, Depth("WaitTests in Edge find a node that takes work")]
    public async Task The_ready_file_is_there_while_the_node_takes_work_and_says_where()
    {
        var said = await Eventually.SomeAsync(async () =>
            File.Exists(ReadyFile) ? JsonNode.Parse(await File.ReadAllTextAsync(ReadyFile, TestContext.Current.CancellationToken)) : null,
            "the file is there");
        Assert.Equal((Node.Api.GetLeftPart(UriPartial.Authority), $"127.0.0.1:{Node.SipPort}", Node.NodeProcess),
            ((string?)said["http"], (string?)said["sip"], (int)said["pid"]!));
        string printed = (await PrintedAsync()).Groups["password"].Value;

        // Another start beside it is refused, and leaves it alone.
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => Node.RunAsync("serve", "--ready-file", ReadyFile, "--http",
            "127.0.0.1:0", "--admin", "127.0.0.1:0", "--sip", "127.0.0.1:0"));
        Assert.Equal(Node.NodeProcess,
            (int)JsonNode.Parse(await File.ReadAllTextAsync(ReadyFile, TestContext.Current.CancellationToken))!["pid"]!);

        // Whatever it is called, it stays the same user.
        await using var customer = await Customer.CreateAsync(Node, Node.NextNumber());
        var phone = (await customer.SendAsync(HttpMethod.Get, "credential_connections")).AsArray()
            .Single(c => (string?)c!["connection_name"] == "Lab phone")!;
        await customer.SendAsync(HttpMethod.Patch, $"credential_connections/{phone["id"]}", new() { ["connection_name"] = "My phone" });

        await Node.StopAsync();
        Assert.False(File.Exists(ReadyFile));
        await Node.StartAgainAsync();
        await Eventually.TrueAsync(() => File.Exists(ReadyFile), "the file is there again");
        Assert.Equal(2, Node.Lines.Count(line => line.Contains($"password {printed},", StringComparison.Ordinal)));
    }

    private Task<Match> PrintedAsync() =>
        Eventually.SomeAsync(() => ValueTask.FromResult(Node.Lines.Select(line => Words().Match(line))
            .FirstOrDefault(found => found.Success)), () => $"a SIP user is printed\n{Node.Output}");

    [GeneratedRegex(
        @"^For a softphone: user (?<user>\S+), password (?<password>\S+), domain (?<domain>\S+); its number is (?<number>\+\d+)\.$")]
    private static partial Regex Words();

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        _folder.Dispose();
    }
}
