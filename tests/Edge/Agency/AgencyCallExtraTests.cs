using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyCallExtrasOnSqliteTests() : AgencyCallExtraTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyCallExtrasOnPostgresTests() : AgencyCallExtraTests(Product.Postgres);

/// <summary>What belongs to a call beside itself, and the trail of who has looked at it.</summary>
public abstract class AgencyCallExtraTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task A_recording_is_heard_by_who_may_and_each_play_is_in_the_trail()
    {
        // Case L06.
        string key = await _lab.KeyOfAsync(_lab.Client);
        string id = await _lab.DialAsync(key, "wait", """{"type":"recording_start","option":{"format":"wav"} },"""),
            silent = await _lab.DialAsync(key, "busy"), path = $"/calls/{id}/recording";
        await Host.Node.RecordsAsync();
        _lab.Far.Bye(_lab.Far.Of(AgencyLab.Number("wait")).Single());
        await _lab.EndsAsync(id);
        await _lab.EndsAsync(silent);
        await Eventually.SomeAsync(async () =>
        {
            var shown = await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + id);
            return (bool)shown["has_recording"]! ? shown : null;
        }, "the recording is saved");
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        var (_, neighbour) = await Host.UserAsync(Host.OwnerA, "ca2", "client_admin", _lab.OtherClient);
        var (_, member) = await Host.UserAsync(Host.OwnerA, "mA", "agency_member");
        foreach (string token in new[] { Host.OwnerA, admin })
        {
            var (status, type, content) = await Host.FileAsync(token, path);
            Assert.Equal((200, "audio/wav", "RIFF"), (status, type, Encoding.ASCII.GetString(content, 0, 4)));
        }
        var part = await Host.FileAsync(Host.OwnerA, path, "bytes=0-3");
        Assert.Equal((206, "RIFF"), (part.Status, Encoding.ASCII.GetString(part.Content)));
        foreach (string token in new[] { neighbour, Host.OwnerB }) await Host.RefusedAsync(404, "not_found", token, "GET", path);
        foreach (string token in new[] { _lab.Viewer, _lab.OtherViewer, member })
            await Host.RefusedAsync(403, "forbidden", token, "GET", path);
        await Host.RefusedAsync(404, "not_found", Host.OwnerA, "GET", $"/calls/{silent}/recording");
        var plays = (await EntriesAsync(Host.OwnerA)).Where(one => (string?)one["action"] is "listened").ToList();
        Assert.Equal(3, plays.Count);
        Assert.All(plays, one => Assert.Equal(("user", id), ((string?)one["actor_kind"], (string?)one["resource_id"])));
        await IsRedactedAsync(id, admin, neighbour);
    }

    /// <summary>An owner deletes what was said in the call, and the call stays.</summary>
    private async Task IsRedactedAsync(string id, string admin, string neighbour)
    {
        await Host.DoneAsync(201, admin, "POST", $"/calls/{id}/notes", """{"text":"asked for Tuesday"}""");
        string path = $"/calls/{id}?mode=redact";
        var (_, above) = await Host.UserAsync(Host.OwnerA, "aA", "agency_admin");
        foreach (string token in new[] { admin, above, neighbour }) await Host.RefusedAsync(403, "forbidden", token, "DELETE", path);
        await Host.RefusedAsync(404, "not_found", Host.OwnerB, "DELETE", path);
        foreach (string mode in new[] { "", "?mode=purge" })
            await Host.RefusedAsync(400, "invalid_enum", Host.OwnerA, "DELETE", $"/calls/{id}{mode}");
        var done = await Host.DoneAsync(200, Host.OwnerA, "DELETE", path);
        Assert.Equal((1, 0, 1), ((int)done["recordings_deleted"]!, (int)done["recordings_elsewhere"]!, (int)done["notes_deleted"]!));
        await Host.RefusedAsync(404, "not_found", Host.OwnerA, "GET", $"/calls/{id}/recording");
        var shown = await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + id);
        Assert.Equal(((string?)done["redacted_at"], false, 0, AgencyLab.From), ((string?)shown["redacted_at"],
            (bool)shown["has_recording"]!, shown["notes"]!.AsArray().Count, (string?)shown["from_number"]));
        var again = await Host.DoneAsync(200, Host.OwnerA, "DELETE", path);
        Assert.Equal((0, (string?)done["redacted_at"]), ((int)again["recordings_deleted"]!, (string?)again["redacted_at"]));
        Assert.Contains(await EntriesAsync(Host.OwnerA), one => (string?)one["action"] is "redacted" && (string?)one["resource_id"] == id);
    }

    [Fact, Depth("the gate has a batch of five to its end, consents and their end, and who must not be called")]
    public async Task Notes_are_of_a_call_and_calls_go_out_as_a_table()
    {
        string key = await _lab.KeyOfAsync(_lab.Client), id = await _lab.DialAsync(key, "busy"), own = await _lab.DialAsync(
            (string)Host.AccountA["telnyx_key"]!, "decline");
        await _lab.EndsAsync(id);
        await _lab.EndsAsync(own);
        var (user, admin) = await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        await Host.DoneAsync(201, admin, "POST", $"/calls/{id}/notes", """{"text":"  asked for Tuesday "}""");
        await Host.DoneAsync(201, Host.OwnerA, "POST", $"/calls/{id}/notes", """{"text":"=1+1"}""");
        var notes = (await Host.DoneAsync(200, _lab.Viewer, "GET", "/calls/" + id))["notes"]!.AsArray();
        Assert.Equal(["asked for Tuesday", "=1+1"], notes.Select(one => (string)one!["text"]!));
        Assert.Equal("user " + user, (string?)notes[0]!["author"]);
        Assert.Empty((await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + own))["notes"]!.AsArray());
        await Host.RefusedAsync(400, "validation_error", admin, "POST", $"/calls/{id}/notes", """{"text":" "}""");
        await Host.RefusedAsync(404, "not_found", admin, "POST", $"/calls/{own}/notes", """{"text":"x"}""");
        await Host.RefusedAsync(404, "not_found", Host.OwnerB, "POST", $"/calls/{id}/notes", """{"text":"x"}""");
        await Host.RefusedAsync(403, "forbidden", _lab.Viewer, "POST", $"/calls/{id}/notes", """{"text":"x"}""");

        string[] table = await Host.TableAsync(Host.OwnerA, "/calls.csv");
        Assert.StartsWith("id,agency_id,client_id,", table[0], StringComparison.Ordinal);
        Assert.Equal([own, id], table.Skip(1).Select(line => line.Split(',')[0]));
        Assert.Contains($",outbound,webhook,{AgencyLab.From},{AgencyLab.Number("busy")},ended,", table[2], StringComparison.Ordinal);
        Assert.Equal(2, (await Host.TableAsync(Host.OwnerA, "/calls.csv?outcome=busy")).Length);
        Assert.Equal(2, (await Host.TableAsync(Host.OwnerA, "/calls.csv?limit=1&client_id=" + _lab.Client)).Length);
        Assert.Single(await Host.TableAsync(Host.OwnerB, "/calls.csv"));
        foreach (string token in new[] { admin, _lab.Viewer }) await Host.RefusedAsync(403, "forbidden", token, "GET", "/calls.csv");
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "GET", "/calls.csv?from=yesterday");
    }

    [Fact]
    public async Task The_trail_is_the_agencys_and_a_client_sees_its_own()
    {
        string campaign = await _lab.CampaignAsync();
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/campaigns/" + campaign, """{"description":"Spring"}""");
        var entries = await EntriesAsync(Host.OwnerA);
        var last = entries[0];
        Assert.Equal(("user", "updated", "agency_campaign", campaign), ((string?)last["actor_kind"], (string?)last["action"],
            (string?)last["resource"], (string?)last["resource_id"]));
        Assert.Contains(last["changes"]!.AsArray(), one => (string?)one!["to"] is "Spring");
        string at = Uri.EscapeDataString((string)last["at"]!);
        Assert.Contains(await EntriesAsync(Host.OwnerA, "?from=" + at), one => (string?)one["id"] == (string?)last["id"]);
        Assert.DoesNotContain(await EntriesAsync(Host.OwnerA, "?to=" + at), one => (string?)one["id"] == (string?)last["id"]);
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "GET", "/audit?from=yesterday");
        await DaysAsync(last);
        string[] ids = [(string)last["id"]!];
        Assert.Equal(ids, (await EntriesAsync(Host.OwnerA, "?action=updated&resource=agency_campaign")).Select(one => (string)one["id"]!));
        Assert.Equal(ids, (await EntriesAsync(Host.OwnerA, $"?resource=agency_campaign&action=updated&actor={last["actor_user_id"]}"))
            .Select(one => (string)one["id"]!));
        Assert.Empty(await EntriesAsync(Host.OwnerA, "?actor=" + Guid.CreateVersion7()));
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "GET", "/audit?actor=anna");
        Assert.Equal((await EntriesAsync(Host.OwnerA)).Count, (await EntriesAsync(Host.OwnerA, "?actor=")).Count);        // not given
        Assert.Empty(await EntriesAsync(Host.OwnerA, "?action=deleted&resource=agency_campaign"));
        Assert.DoesNotContain(await EntriesAsync(Host.OwnerB), one => (string?)one["resource_id"] == campaign);
        Assert.Empty(await EntriesAsync(Host.OwnerB, "?client_id=" + _lab.Client));

        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        await Host.DoneAsync(200, admin, "PATCH", "/me", """{"full_name":"Cee"}""");
        var seen = await EntriesAsync(admin);
        Assert.All(seen, one => Assert.Equal(_lab.Client, (string?)one["client_id"]));
        var own = seen[0];
        Assert.Equal(("updated", "agency_user", _lab.Client), ((string?)own["action"], (string?)own["resource"],
            (string?)own["client_id"]));
        Assert.Empty(await EntriesAsync(admin, "?client_id=" + _lab.OtherClient));
        var (_, member) = await Host.UserAsync(Host.OwnerA, "mA", "agency_member");
        foreach (string token in new[] { member, _lab.Viewer }) await Host.RefusedAsync(403, "forbidden", token, "GET", "/audit");
    }

    /// <summary>A day alone begins by the agency's clock, be it the first or the last of the world's.</summary>
    private async Task DaysAsync(JsonObject last)
    {
        string usual = (string)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/agency"))["timezone"]!;
        foreach (string zone in new[] { "Pacific/Kiritimati", "Etc/GMT+12" })
        {
            await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/agency", $$"""{"timezone":"{{zone}}"}""");
            var local = TimeZoneInfo.ConvertTime(DateTimeOffset.Parse((string)last["at"]!, CultureInfo.InvariantCulture),
                TimeZoneInfo.FindSystemTimeZoneById(zone));
            var today = DateOnly.FromDateTime(local.DateTime);
            foreach (var (name, day, isThere) in new[] { ("from", 0, true), ("from", 1, false), ("to", 0, false), ("to", 1, true) })
            {
                var found = await EntriesAsync(Host.OwnerA, $"?{name}={today.AddDays(day):yyyy-MM-dd}");
                Assert.True(isThere == found.Any(one => (string?)one["id"] == (string?)last["id"]), $"{zone} {name} {day}");
            }
        }
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/agency", $$"""{"timezone":"{{usual}}"}""");
    }

    private async Task<List<JsonObject>> EntriesAsync(string token, string query = "") =>
        [.. (await Host.DoneAsync(200, token, "GET", "/audit" + query))["entries"]!.AsArray().Select(one => one!.AsObject())];
}
