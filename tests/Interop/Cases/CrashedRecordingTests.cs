using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>A node that is killed while it records, and the one that starts behind it.</summary>
public sealed class CrashedRecordingTests
{
    [Fact, Depth("the gate kills a hundred calls, and brings the recordings of some")] // case 86, as far as recordings go
    public async Task What_was_recorded_before_the_node_was_killed_is_saved_and_told_once()
    {
        var node = new RunningNode();
        await node.InitializeAsync();
        await using var _ = node;
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var phone = new Phone(node);
        var call = phone.Call(customer.Number);
        var initiated = await customer.NextAsync("call.initiated");
        await customer.ActAsync(initiated, "answer", new()
        {
            ["record"] = "record-from-answer", ["record_format"] = "wav", ["record_channels"] = "single", ["send_silence_when_idle"] = true
        });
        await call.ReachesAsync(200);
        call.Audio.Say(600, 1_000);
        await call.Audio.SaidAsync();
        await Recorded.IsOnDiskAsync(node, 600, 900);       // it is written half a second behind

        await node.CrashAsync();
        await customer.NextAsync("call.hangup");
        var saved = await customer.NextAsync("call.recording.saved");
        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", node.Key) } };
        string listed = await http.GetStringAsync(new Uri(node.Api, $"recordings/{(string?)saved["recording_id"]}"),
            TestContext.Current.CancellationToken);
        string link = (string)JsonNode.Parse(listed)!["data"]!["download_urls"]!["wav"]!;
        var file = new Recorded(await http.GetByteArrayAsync(link, TestContext.Current.CancellationToken));
        Assert.InRange(file.MillisOf(600), 800, 1_040);
        Assert.Single(customer.Sink.Taken.Where(w => w.Type == "call.recording.saved").Select(w => w.Id).Distinct());
    }

    [Fact, Depth("the gate kills a hundred calls, and brings the recordings of some; a message is one")]
    public async Task A_message_that_was_being_left_when_the_node_was_killed_is_in_its_mailbox()
    {
        var node = new RunningNode();
        await node.InitializeAsync();
        await using var _ = node;
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        string connection = (string)(await customer.SendAsync(HttpMethod.Post, "credential_connections", new()
        {
            ["connection_name"] = "desk", ["user_name"] = "deskofnobody", ["password"] = "correct-horse-1",
        }))["id"]!;
        string number = $"phone_numbers/{Uri.EscapeDataString(customer.Number)}";
        await customer.SendAsync(HttpMethod.Patch, number, new() { ["connection_id"] = connection });
        await customer.SendAsync(HttpMethod.Post, number + "/voicemail", new() { ["enabled"] = true, ["pin"] = "4815" });
        using var phone = new Phone(node);
        var call = phone.Call(customer.Number);
        await call.ReachesAsync(200);
        await call.Audio.HearsSomethingAsync();
        long pressedAt = Stopwatch.GetTimestamp();
        call.Audio.Press("1");      // past the greeting
        await call.Audio.HearsToneAsync(1_000, 360);        // the beep
        call.Audio.Say(600, 2_000);
        await call.Audio.SaidAsync();
        await Recorded.IsOnDiskAsync(node, 600, 1_840);

        await node.KillAsync();
        var most = Stopwatch.GetElapsedTime(pressedAt);
        await node.StartAgainAsync();
        var message = await Eventually.SomeAsync(async () => (await MessagesAsync()).FirstOrDefault(), "the message is in the mailbox");
        Assert.InRange((double)message["seconds"]!, 1.8, most.TotalSeconds);
        string file = node.PathOf("left.wav");
        await node.RunAsync("voicemail", "fetch", customer.Number, (string)message["id"]!, file);
        Assert.InRange(new Recorded(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).MillisOf(600), 1_800, 2_080);

        async ValueTask<JsonArray> MessagesAsync() =>
            JsonNode.Parse(await node.RunAsync("voicemail", "messages", customer.Number, "--json"))!.AsArray();
    }
}
