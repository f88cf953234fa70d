using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Edge.Telefonie;
using Ringwright.Testing;

namespace Ringwright.Edge.Texml;

/// <summary>Whoever is dialled into a conference by TwiML's API.</summary>
public sealed class TwimlParticipantTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_is_dialled_is_found_at_every_moment_until_he_takes_part()
    {
        int rooms = Depth.Times(gate: 2, all: 5);
        await using var host = await TelefonieHost.StartAsync(null);
        for (int i = 0; i < rooms; i++)
        {
            string people = $"Conferences/board-{i}/Participants";
            var made = await host.DoTwimlAsync(HttpMethod.Post, $"{people}.json", 201, new()
            {
                ["To"] = TelefonieHost.Number("wait"), ["From"] = TelefonieHost.FirstNumber,
            });
            string his = $"{people}/{made["call_sid"]}.json";
            long begun = Stopwatch.GetTimestamp();
            // As often as an account may ask: he answers, and gets in a moment later.
            while ((string?)(await host.DoTwimlAsync(HttpMethod.Get, his, 200))["status"] is not "connected")
            {
                Assert.True(Stopwatch.GetElapsedTime(begun) < Eventually.Deadline, "he takes part");
                await Task.Delay(2, Stop);
            }
            await host.DoTwimlAsync(HttpMethod.Delete, his, 204);
        }
    }

    [Fact]
    public async Task As_what_somebody_takes_part_can_be_changed_while_he_rings()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        const string people = "Conferences/rung/Participants";
        var made = await host.DoTwimlAsync(HttpMethod.Post, $"{people}.json", 201, new()
        {
            ["To"] = TelefonieHost.Number("ok-1"), ["From"] = TelefonieHost.FirstNumber, ["Muted"] = "true",
        });
        string his = $"{people}/{made["call_sid"]}.json";
        Assert.Equal((true, false, false), SeenOf(await host.DoTwimlAsync(HttpMethod.Get, his, 200)));
        // Also in the moment when he answers.
        var changed = await host.DoTwimlAsync(HttpMethod.Post, his, 200, new()
        {
            ["Muted"] = "false", ["Hold"] = "true", ["EndConferenceOnExit"] = "true",
        });
        Assert.Equal((false, true, true), SeenOf(changed));
        Assert.Equal((false, true, true), SeenOf(await host.DoTwimlAsync(HttpMethod.Get, his, 200)));
        await Eventually.SomeAsync(async () =>
            (string?)(await host.DoTwimlAsync(HttpMethod.Get, his, 200))["status"] is "connected" ? "" : null, "he takes part");
        Assert.Equal((false, true, true), SeenOf(await host.DoTwimlAsync(HttpMethod.Get, his, 200)));
        await host.DoTwimlAsync(HttpMethod.Delete, his, 204);
    }

    /// <summary>As programs of contact centres dial a second one in, and say whom somebody has coached who is to coach nobody.</summary>
    [Fact]
    public async Task Every_event_of_a_room_that_is_there_may_be_asked_for_and_coaching_may_end()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        const string people = "Conferences/centre/Participants";
        var form = new Dictionary<string, string>
        {
            ["To"] = TelefonieHost.Number("wait"), ["From"] = TelefonieHost.FirstNumber,
            ["ConferenceStatusCallback"] = $"{host.Hook.Url}/room", ["ConferenceStatusCallbackEvent"] = "start end join leave mute hold",
        };
        string first = (string)(await host.DoTwimlAsync(HttpMethod.Post, $"{people}.json", 201, form))["call_sid"]!;
        string his = $"{people}/{first}.json";
        await Eventually.SomeAsync(async () =>
            (string?)(await host.DoTwimlAsync(HttpMethod.Get, his, 200))["status"] is "connected" ? "" : null, "he takes part");
        form["To"] = TelefonieHost.Number("ring");
        await host.DoTwimlAsync(HttpMethod.Post, $"{people}.json", 201, form);
        var changed = await host.DoTwimlAsync(HttpMethod.Post, his, 200, new() { ["Coaching"] = "false", ["CallSidToCoach"] = first });
        Assert.False((bool)changed["coaching"]!);
        var refused = await host.DoTwimlAsync(HttpMethod.Post, his, 400, new() { ["CallSidToCoach"] = first });
        Assert.Contains("Coaching", (string?)refused["message"], StringComparison.Ordinal);
        await host.DoTwimlAsync(HttpMethod.Delete, his, 204);
    }

    [Fact]
    public async Task What_only_those_within_can_hear_is_refused_for_who_rings_and_named()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        const string people = "Conferences/rung/Participants";
        var made = await host.DoTwimlAsync(HttpMethod.Post, $"{people}.json", 201, new()
        {
            ["To"] = TelefonieHost.Number("ring"), ["From"] = TelefonieHost.FirstNumber,
        });
        string his = $"{people}/{made["call_sid"]}.json";
        var refused = await host.DoTwimlAsync(HttpMethod.Post, his, 400, new() { ["AnnounceUrl"] = $"{host.Hook.Url}/sound" });
        Assert.Contains("AnnounceUrl", (string?)refused["message"], StringComparison.Ordinal);
        await host.DoTwimlAsync(HttpMethod.Delete, his, 204);
        await Eventually.SomeAsync(async () =>
            (await host.AskTwimlAsync(HttpMethod.Post, his, new() { ["Muted"] = "true" })).Status == 404 ? "" : null, "nobody is called");
    }

    [Fact]
    public async Task Who_rings_is_found_by_his_label_too_and_by_nobody_elses()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        const string people = "Conferences/labelled/Participants";
        var made = await host.DoTwimlAsync(HttpMethod.Post, $"{people}.json", 201, new()
        {
            ["To"] = TelefonieHost.Number("ring"), ["From"] = TelefonieHost.FirstNumber, ["Label"] = "guest",
        });
        string his = $"{people}/guest.json";
        var shown = await host.DoTwimlAsync(HttpMethod.Get, his, 200);
        Assert.Equal(((string?)made["call_sid"], "guest"), ((string?)shown["call_sid"], (string?)shown["label"]));
        var changed = await host.DoTwimlAsync(HttpMethod.Post, his, 200, new() { ["Muted"] = "true" });
        Assert.Equal((true, false, false), SeenOf(changed));
        Assert.Equal((true, false, false), SeenOf(await host.DoTwimlAsync(HttpMethod.Get, $"{people}/{made["call_sid"]}.json", 200)));
        Assert.Equal(404, (await host.AskTwimlAsync(HttpMethod.Post, $"{people}/host.json", new() { ["Muted"] = "true" })).Status);
        await host.DoTwimlAsync(HttpMethod.Delete, his, 204);
        await Eventually.SomeAsync(async () =>
            (await host.AskTwimlAsync(HttpMethod.Post, his, new() { ["Muted"] = "true" })).Status == 404 ? "" : null, "nobody is called");
    }

    [Fact]
    public async Task Changes_of_one_who_rings_that_come_at_once_all_hold()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        const string people = "Conferences/crowded/Participants";
        var made = await host.DoTwimlAsync(HttpMethod.Post, $"{people}.json", 201, new()
        {
            ["To"] = TelefonieHost.Number("ring"), ["From"] = TelefonieHost.FirstNumber,
        });
        string his = $"{people}/{made["call_sid"]}.json";
        // Each changes another thing; in turns of on and off, so that one that was lost shows.
        foreach (string value in (string[])["true", "false", "true", "false", "true"])
        {
            var changed = await Task.WhenAll(((string[])["Muted", "Hold", "EndConferenceOnExit"]).Select(
                name => host.DoTwimlAsync(HttpMethod.Post, his, 200, new() { [name] = value })));
            bool isOn = value is "true";
            Assert.Equal((isOn, isOn, isOn), (SeenOf(changed[0]).IsMuted, SeenOf(changed[1]).IsOnHold, SeenOf(changed[2]).Ends));
            Assert.Equal((isOn, isOn, isOn), SeenOf(await host.DoTwimlAsync(HttpMethod.Get, his, 200)));
        }
        await host.DoTwimlAsync(HttpMethod.Delete, his, 204);
    }

    private static (bool IsMuted, bool IsOnHold, bool Ends) SeenOf(JsonObject shown) =>
        ((bool)shown["muted"]!, (bool)shown["hold"]!, (bool)shown["end_conference_on_exit"]!);
}
