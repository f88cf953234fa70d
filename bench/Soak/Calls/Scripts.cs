using System.Text.Json.Nodes;

namespace Ringwright.Bench.Soak.Calls;

/// <summary>A kind of call and how often it is made.</summary>
internal sealed record Script(string Name, int Weight, Func<Stage, Task> Play);

/// <summary>The mix of calls that a customer dials. The numbers are those of docs/reference/lab.md.</summary>
internal static class Scripts
{
    private const string Person = "+1555000", Voicemail = "+1555001", Busy = "+1555002", Silent = "+1555003",
        Declines = "+1555004", Nobody = "+1555005",
        Menu = "+1555006", Presser = "+1555007", Echo = "+1555008", Talker = "+155500900", BadLine = "+155500901", Holder = "+155500906";

    public static readonly Script[] All =
    [
        new("speak", 12, SpeakAsync),
        new("play", 10, PlayAsync),
        new("play and stop", 4, PlayAndStopAsync),
        new("gather a digit", 8, GatherAsync),
        new("digits into a menu", 4, MenuAsync),
        new("message to a voicemail", 4, VoicemailAsync),
        new("record", 8, RecordAsync),
        new("bridge two", 8, BridgeAsync),
        new("transfer", 5, TransferAsync),
        new("link on answer", 3, LinkAsync),
        new("ring several", 3, RingSeveralAsync),
        new("far end hangs up", 5, TalkerAsync),
        new("echo", 2, stage => StayAsync(stage, Echo)),
        new("hold", 2, stage => StayAsync(stage, Holder)),
        new("bad line", 3, stage => StayAsync(stage, BadLine)),
        new("carrier with a habit", 4, stage => StayAsync(stage, $"+15550090{stage.Luck.Next(2, 6)}")),
        new("busy, declined, unknown", 6, RefusedAsync),
        new("no answer", 3, stage => EndedByRingingAsync(stage, cancels: false)),
        new("cancelled while ringing", 5, stage => EndedByRingingAsync(stage, cancels: true)),
        new("hung up at any moment", 8, HangUpAnyTimeAsync),
        new("audio that is not there", 2, MissingAudioAsync),
        new("wrong and repeated commands", 5, WrongCommandsAsync),
        new("bodies that are wrong", 3, WrongBodiesAsync),
    ];

    /// <summary>A far end whose packets all arrive: what is lost on the way to or from it was lost by the node.</summary>
    public static bool IsWellBehaved(string number) => !number.StartsWith(BadLine, StringComparison.Ordinal);

    public static Script Draw(Random luck)
    {
        int drawn = luck.Next(All.Sum(s => s.Weight));
        foreach (var script in All)
            if ((drawn -= script.Weight) < 0) return script;
        return All[^1];
    }

    private static async Task SpeakAsync(Stage stage)
    {
        var call = await stage.CallAsync(stage.Number(Person));
        for (int i = stage.Luck.Next(1, 3); i > 0; i--)
        {
            await stage.ActAsync(call, "speak", new() { ["payload"] = stage.Text, ["voice"] = "female", ["language"] = "en-US" });
            await stage.NextAsync(call, "call.speak.ended");
        }
        await stage.HangupAsync(call);
    }

    private static async Task PlayAsync(Stage stage)
    {
        var call = await stage.CallAsync(stage.Number(Person));
        await stage.ActAsync(call, "playback_start", new() { ["audio_url"] = stage.Tone });
        await stage.NextAsync(call, "call.playback.ended");
        await stage.HangupAsync(call);
    }

    private static async Task PlayAndStopAsync(Stage stage)
    {
        var call = await stage.CallAsync(stage.Number(Person));
        await stage.ActAsync(call, "playback_start", new() { ["audio_url"] = stage.Tone, ["loop"] = 5 });
        await stage.WaitAsync(0, 3);
        await stage.ActAsync(call, "playback_stop");
        await stage.WaitAsync(0, 1);
        await stage.HangupAsync(call);
    }

    private static async Task GatherAsync(Stage stage)
    {
        var call = await stage.CallAsync(stage.Number(Presser));
        if (stage.Chance(0.5))
            await stage.ActAsync(call, "gather_using_speak",
                new() { ["payload"] = stage.Text, ["voice"] = "male", ["language"] = "en-US", ["maximum_digits"] = 1 });
        else await stage.ActAsync(call, "gather_using_audio", new() { ["audio_url"] = stage.Tone, ["maximum_digits"] = 1 });
        if (stage.Chance(0.1)) await stage.ActAsync(call, "gather_stop");
        await stage.NextAsync(call, "call.gather.ended");
        await stage.HangupAsync(call);
    }

    private static async Task MenuAsync(Stage stage)
    {
        var call = await stage.CallAsync(stage.Number(Menu));
        foreach (string digits in (string[])["W1", "W4711", "W2"]) await stage.ActAsync(call, "send_dtmf", new() { ["digits"] = digits });
        await stage.EndAsync(call);
    }

    private static async Task VoicemailAsync(Stage stage)
    {
        var call = await stage.CallAsync(stage.Number(Voicemail), new() { ["answering_machine_detection"] = "detect_beep" });
        await stage.NextAsync(call, "call.machine.greeting.ended");
        await stage.ActAsync(call, "playback_start", new() { ["audio_url"] = stage.Tone });
        await stage.NextAsync(call, "call.playback.ended");
        await stage.HangupAsync(call);
    }

    private static async Task RecordAsync(Stage stage)
    {
        var call = await stage.CallAsync(stage.Number(stage.Chance(0.5) ? Person : Echo));
        await stage.ActAsync(call, "record_start",
            new() { ["format"] = stage.Chance(0.7) ? "wav" : "mp3", ["channels"] = stage.Chance(0.5) ? "dual" : "single" });
        await stage.ActAsync(call, "speak", new() { ["payload"] = stage.Text, ["voice"] = "female", ["language"] = "en-US" });
        await stage.WaitAsync(0, 2);
        if (stage.Chance(0.5))
        {
            await stage.ActAsync(call, "record_pause");
            await stage.WaitAsync(0, 1);
            await stage.ActAsync(call, "record_resume");
        }
        await stage.WaitAsync(0, 2);
        if (stage.Chance(0.7)) await stage.ActAsync(call, "record_stop");
        await stage.HangupAsync(call);
        var saved = await stage.NextAsync(call, "call.recording.saved");
        // Half of them stay, as a customer's do.
        if (stage.Chance(0.5) && (string?)saved["recording_id"] is { } id)
            await stage.Api.SendAsync(HttpMethod.Delete, $"recordings/{id}", null, stage.Stop);
    }

    private static async Task BridgeAsync(Stage stage)
    {
        var one = await stage.CallAsync(stage.Number(Person));
        var other = await stage.CallAsync(stage.Number(stage.Chance(0.5) ? Person : Echo));
        await stage.ActAsync(one, "bridge", new() { ["call_control_id"] = other.Id });
        await stage.NextAsync(one, "call.bridged");
        await stage.WaitAsync(0.5, 6);
        await stage.HangupAsync(stage.Chance(0.5) ? one : other);
        await stage.HangupAsync(one);
        await stage.HangupAsync(other);
    }

    private static async Task TransferAsync(Stage stage)
    {
        var call = await stage.CallAsync(stage.Number(Person));
        await stage.ActAsync(call, "transfer", new() { ["to"] = stage.Number(stage.Chance(0.7) ? Echo : Busy), ["timeout_secs"] = 10 });
        await stage.WaitAsync(1, 6);
        await stage.HangupAsync(call);
    }

    private static async Task LinkAsync(Stage stage)
    {
        var call = await stage.CallAsync(stage.Number(Person));
        var other = await stage.DialAsync(stage.Number(stage.Chance(0.7) ? Person : Declines),
            new() { ["link_to"] = call.Id, ["bridge_on_answer"] = true, ["bridge_intent"] = true });
        await stage.WaitAsync(1, 6);
        await stage.HangupAsync(call);
        await stage.HangupAsync(other);
    }

    private static async Task RingSeveralAsync(Stage stage)
    {
        var call = await stage.DialAsync(stage.Number(Person),
            new() { ["to"] = new JsonArray(stage.Number(Person), stage.Number(Silent), stage.Number(Busy)), ["timeout_secs"] = 8 });
        await stage.WaitAsync(0.5, 5);
        await stage.HangupAsync(call);
    }

    private static async Task TalkerAsync(Stage stage)
    {
        var call = await stage.CallAsync($"{Talker}0{stage.Luck.Next(1, 7)}");
        await stage.EndAsync(call);
    }

    private static async Task StayAsync(Stage stage, string prefix)
    {
        var call = await stage.CallAsync(stage.Number(prefix));
        await stage.ActAsync(call, "playback_start", new() { ["audio_url"] = stage.Tone });
        await stage.WaitAsync(0.5, 6);
        await stage.HangupAsync(call);
    }

    private static async Task RefusedAsync(Stage stage)
    {
        string[] numbers = [Busy, Declines, Nobody];
        var call = await stage.DialAsync(stage.Number(numbers[stage.Luck.Next(numbers.Length)]));
        await stage.EndAsync(call);
    }

    private static async Task EndedByRingingAsync(Stage stage, bool cancels)
    {
        var call = await stage.DialAsync(stage.Number(Silent), new() { ["timeout_secs"] = 5 });
        if (cancels)
        {
            await stage.WaitAsync(0, 3);
            await stage.HangupAsync(call);
        }
        await stage.EndAsync(call);
    }

    private static async Task HangUpAnyTimeAsync(Stage stage)
    {
        var call = await stage.DialAsync(stage.Number(Person));
        var commands = Task.WhenAll(
            stage.ActAsync(call, "speak", new() { ["payload"] = stage.Text, ["voice"] = "female", ["language"] = "en-US" }),
            stage.ActAsync(call, "record_start", new() { ["format"] = "wav", ["channels"] = "single" }));
        await stage.WaitAsync(0, 2.5);
        await stage.HangupAsync(call);
        await commands;
        await stage.EndAsync(call);
    }

    private static async Task MissingAudioAsync(Stage stage)
    {
        var call = await stage.CallAsync(stage.Number(Person));
        await stage.ActAsync(call, "playback_start", new() { ["audio_url"] = stage.Sink.Missing.ToString() });
        await stage.NextAsync(call, "call.playback.ended");
        await stage.HangupAsync(call);
    }

    private static async Task WrongCommandsAsync(Stage stage)
    {
        var call = await stage.CallAsync(stage.Number(Person));
        string again = Guid.NewGuid().ToString();
        await stage.ActAsync(call, "answer");
        await stage.ActAsync(call, "reject", new() { ["cause"] = "USER_BUSY" });
        for (int i = 0; i < 3; i++)
            await stage.ActAsync(call, "speak",
                new() { ["payload"] = stage.Text, ["voice"] = "female", ["language"] = "en-US", ["command_id"] = again });
        await stage.ActAsync(call, "record_resume");
        await stage.ActAsync(call, "bridge", new() { ["call_control_id"] = call.Id });
        await stage.ActAsync(call, "bridge", new() { ["call_control_id"] = "v3:nobody" });
        await stage.ActAsync(call, "transfer", new() { ["to"] = "not a number" });
        await stage.WaitAsync(0, 1);
        for (int i = 0; i < 2; i++) await stage.ActAsync(call, "hangup", new() { ["command_id"] = again + "h" });
        await stage.EndAsync(call);
        await stage.ActAsync(call, "speak", new() { ["payload"] = "too late", ["voice"] = "female", ["language"] = "en-US" });
    }

    private static async Task WrongBodiesAsync(Stage stage)
    {
        string[] bodies = ["", "{", "[]", "{\"to\":7}", "{\"connection_id\":\"1\",\"to\":\"+15550000001\",\"from\":\"+15550100000\"}",
            $"{{\"to\":\"{new string('9', 70_000)}\"}}", "\u0000\u0001"];
        foreach (string body in bodies) await stage.Api.SendTextAsync(HttpMethod.Post, "calls", body, stage.Stop);
        await stage.Api.SendTextAsync(HttpMethod.Post, "calls/v3:unknown/actions/hangup", "{}", stage.Stop);
        await stage.Api.SendTextAsync(HttpMethod.Get, $"calls/{new string('x', 3_000)}", null, stage.Stop);
        await stage.Api.SendTextAsync(HttpMethod.Get, "recordings?page[size]=100000&filter[x]=y", null, stage.Stop);
    }
}
