using System.Net;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Server;
using Ringwright.Server.Operating;
using Ringwright.Store.Blobs;

namespace Ringwright.Edge.Server;

/// <summary>Messages of mailboxes over the operator's listener: listed, fetched, deleted, and no other account's.</summary>
public sealed class OperatorVoicemailTests : IAsyncLifetime
{
    private const string Mine = "+15550180001", Second = "+15550180002", Theirs = "+15550180003";
    private static readonly byte[] Sound = "RIFF, and what was said"u8.ToArray();

    private RunningNode _node = null!;       // set before each test
    private OperatorClient _client = null!;
    private string _account = "", _thief = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await OperatorClient.StartAsync();
        _client = new(_node);
        _account = (string)(await _client.DataAsync("GET", "/accounts"))[0]!["id"]!;
        _thief = (string)(await _client.DataAsync("POST", "/accounts", """{"name":"thief"}"""))["id"]!;
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Messages_are_listed_fetched_and_deleted()
    {
        string path = await MailboxAsync(_account, Mine);
        Assert.Empty((await _client.DataAsync("GET", path)).AsArray());
        Guid first = await LeaveAsync(_account, Mine, "+15550199001", 1), second = await LeaveAsync(_account, Mine, "anonymous", 2);
        var listed = (await _client.DataAsync("GET", path)).AsArray();
        Assert.Equal([$"{first}", $"{second}"], listed.Select(message => (string?)message!["id"]));
        Assert.Equal(("+15550199001", 2.5, false, Mine, _account), ((string?)listed[0]!["from"], (double)listed[0]!["seconds"]!,
            (bool)listed[0]!["heard"]!, (string?)listed[0]!["phone_number"], (string?)listed[0]!["account_id"]));
        Assert.Equal($"{second}", (string?)(await _client.DataAsync("GET", path + "?page[number]=2&page[size]=1"))[0]!["id"]);

        Assert.Equal((HttpStatusCode.OK, "audio/wav"), await FetchAsync($"{path}/{first}"));
        Assert.Equal((2, 0), await CountAsync(Mine));      // to fetch is not to hear
        var gone = await _client.DataAsync("DELETE", $"{path}/{first}");
        Assert.Equal($"{first}", (string?)gone["id"]);
        Assert.Null(await _node.Node.Database.Blobs.FindAsync(FileOf(_account, first), Stop));
        Assert.Equal((1, 0), await CountAsync(Mine));
        foreach (string method in new[] { "GET", "DELETE" })
            await _client.RefusesAsync(HttpStatusCode.NotFound, "message_id", method, $"{path}/{first}");
        using var trail = await _node.Api.GetAsync("/v2/audit_events", Stop);
        Assert.Contains($"{first}", await trail.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_is_reached_under_its_own_account_and_number_and_nowhere_else()
    {
        string mine = await MailboxAsync(_account, Mine), second = await MailboxAsync(_account, Second),
            theirs = await MailboxAsync(_thief, Theirs);
        var message = await LeaveAsync(_account, Mine, "+15550199001", 1);
        string[] wrong =
        [
            mine.Replace(_account, _thief, StringComparison.Ordinal),      // the number's id in another account
            theirs, second, mine.Replace(_account, "thief", StringComparison.Ordinal), mine.Replace(_account, $"{Guid.Empty}",
                StringComparison.Ordinal), $"/accounts/{_account}/numbers/{Uri.EscapeDataString(Theirs)}/messages",
        ];
        foreach (string path in wrong)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await FetchAsync($"{path}/{message}")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await _client.AskAsync("DELETE", $"{path}/{message}")).Status);
            var (status, body) = await _client.AskAsync("GET", path);
            Assert.True(status is HttpStatusCode.NotFound || body["data"]!.AsArray().Count == 0, body.ToJsonString());
        }
        foreach (string no in new[] { "nothing", $"{Guid.NewGuid()}", "..%2F" + message })
            Assert.Equal(HttpStatusCode.NotFound, (await FetchAsync($"{mine}/{no}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _client.AskAsync("GET", mine, key: RunningNode.Key)).Status);
        Assert.Equal((HttpStatusCode.OK, "audio/wav"), await FetchAsync($"{mine}/{message}"));
        Assert.Equal((1, 0), await CountAsync(Mine));
    }

    [Fact]
    public async Task Commands_name_a_mailbox_by_its_number()
    {
        await MailboxAsync(_account, Mine);
        await MailboxAsync(_thief, Theirs, isEnabled: false);
        var message = await LeaveAsync(_account, Mine, "+15550199001", 1);
        var all = await MailboxesClient.ListAsync(_node.Socket, null, Stop);
        Assert.Equal([(Mine, "default", true), (Theirs, "thief", false)],
            all.Select(box => ((string)box!["phone_number"]!, (string)box["account"]!, (bool)box["enabled"]!)));
        Assert.Equal(Theirs, (string?)Assert.Single(await MailboxesClient.ListAsync(_node.Socket, "thief", Stop))!["phone_number"]);
        Assert.Equal($"{message}", (string?)(await MailboxesClient.ListMessagesAsync(_node.Socket, Mine, Stop))[0]!["id"]);
        Assert.Equal(Sound, await MailboxesClient.FetchAsync(_node.Socket, Mine, $"{message}", Stop));
        await RefusesAsync("+15550180009 has no voicemail", MailboxesClient.ListMessagesAsync(_node.Socket, "+15550180009", Stop));
        await RefusesAsync("message_id", MailboxesClient.FetchAsync(_node.Socket, Theirs, $"{message}", Stop));
        await RefusesAsync("message_id", MailboxesClient.DeleteAsync(_node.Socket, Theirs, $"{message}", Stop));
        await MailboxesClient.DeleteAsync(_node.Socket, Mine, $"{message}", Stop);
        Assert.Empty(await MailboxesClient.ListMessagesAsync(_node.Socket, Mine, Stop));
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "names no account", "GET", "/mailboxes?account_id=thief");
    }

    /// <returns>Where its messages are.</returns>
    private async Task<string> MailboxAsync(string account, string number, bool isEnabled = true)
    {
        var made = await _client.DataAsync("POST", $"/accounts/{account}/numbers", $$"""{"phone_number":"{{number}}"}""");
        await _node.Node.Database.MailboxSettings.SetAsync(Tenant(account), number, new(isEnabled, "48151"), null, Stop);
        return $"/accounts/{account}/numbers/{made["id"]}/messages";
    }

    /// <summary>As the ledger writes one that was saved.</summary>
    private async Task<Guid> LeaveAsync(string account, string number, string from, int nth)
    {
        var id = Guid.NewGuid();
        await _node.Node.Database.Blobs.PutAsync(FileOf(account, id), Sound, Stop);
        await _node.Node.Database.Sql.WriteAsync(db => db.Execute("""
            insert into rw_recording (id, tenant_id, leg_id, leg_uuid, session_id, connection_id, from_party, to_party, plan, mailbox,
                state, started_at, length_ms, created_at, updated_at)
            values (@id, @tenant, @leg, @id, @id, 0, @from, @number, '{}', @number, 'saved', @at, 2500, @at, @at)
            """, new
        {
            id, tenant = Tenant(account), leg = LegId.Compose(1, 0, 1, (uint)nth, 1), from, number,
            at = new DateTimeOffset(2026, 1, 6, 15, 0, nth, TimeSpan.Zero),
        }), Stop);
        return id;
    }

    private async Task<(HttpStatusCode Status, string? Type)> FetchAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, OperatorClient.Root + path)
        {
            Headers = { Authorization = new("Bearer", OperatorClient.Key) },
        };
        using var answer = await _node.Admin.SendAsync(request, Stop);
        if (answer.IsSuccessStatusCode) Assert.Equal(Sound, await answer.Content.ReadAsByteArrayAsync(Stop));
        return (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType);
    }

    private async Task<(int New, int Old)> CountAsync(string number) =>
        Assert.Single((await _client.DataAsync("GET", $"/mailboxes?phone_number={Uri.EscapeDataString(number)}")).AsArray()) is JsonNode box
            ? ((int)box["new"]!, (int)box["old"]!) : default;

    private static async Task RefusesAsync(string sentence, Task asked) =>
        Assert.Contains(sentence, (await Assert.ThrowsAsync<StartRefused>(() => asked)).Message, StringComparison.Ordinal);

    private static BlobKey FileOf(string account, Guid id) => BlobKey.OfRecording(Tenant(account), id, RecordFormat.Wav);

    private static TenantId Tenant(string account) => new(Guid.Parse(account));
}
