using System.Text.Json.Nodes;

namespace Ringwright.Bench.Soak.Calls;

/// <summary>What the customer does with a call that comes in.</summary>
internal static class IncomingScripts
{
    /// <summary>Whose phones call: people who say hello, press a digit, send the voice back, and talk and hang up.</summary>
    public static string Caller(Random luck)
    {
        string[] callers = ["+15550000123", "+15550071000", "+15550080001", "+15550090003"];
        return callers[luck.Next(callers.Length)];
    }

    public static async Task PlayAsync(Stage stage, SoakCall call)
    {
        call.Script = "incoming";
        switch (stage.Luck.Next(6))
        {
            case 0:
                await stage.ActAsync(call, "reject", new() { ["cause"] = stage.Chance(0.5) ? "USER_BUSY" : "CALL_REJECTED" });
                return;
            case 1:
                await stage.WaitAsync(0, 3);
                await stage.HangupAsync(call);
                return;
        }
        await stage.WaitAsync(0, 1);
        await stage.ActAsync(call, "answer");
        await stage.NextAsync(call, "call.answered");
        if (stage.Chance(0.5))
            await stage.ActAsync(call, "gather_using_speak", new()
            {
                ["payload"] = stage.Text, ["voice"] = "female", ["language"] = "en-US", ["maximum_digits"] = 1, ["timeout_millis"] = 5_000
            });
        else await stage.ActAsync(call, "playback_start", new JsonObject { ["audio_url"] = stage.Tone });
        await stage.WaitAsync(1, 6);
        await stage.HangupAsync(call);
    }
}
