using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace Ringwright.Examples;

/// <summary>
/// A model that hears and speaks has the call: its audio goes there frame by frame, and what the model says comes back. The messages to the
/// model are those of OpenAI's Realtime API, which takes a call's PCMU as it is.
/// </summary>
/// <param name="key">Empty for a model that asks for none.</param>
/// <param name="instructions">Who it is, and what it is for.</param>
public sealed class AiVoice(Uri model, string key, string instructions)
{
    public async Task HandleAsync(ExampleLine line, CallStep step)
    {
        switch (step.Type)
        {
            case "call.initiated" when step.Text("direction") == "incoming":
                await line.AnswerWithAudioAsync(step.Call);
                break;
            case "streaming.stopped" or "streaming.failed":
                // Without the model nobody would say a word.
                await line.SendAsync(step.Call, "hangup", new());
                break;
            case "call.hangup":
                Console.WriteLine($"{step.Text("from")} to {step.Text("to")} is over: {step.Text("hangup_cause")}");
                break;
        }
    }

    public async Task TalkAsync(JsonSocket caller, CancellationToken stop)
    {
        using var socket = new ClientWebSocket();
        if (key.Length > 0) socket.Options.SetRequestHeader("authorization", $"Bearer {key}");
        await socket.ConnectAsync(model, stop);
        var mind = new JsonSocket(socket);
        await mind.SendAsync(Session(), stop);
        // Whichever ends first ends the talk, and says why if it broke.
        await await Task.WhenAny(HearAsync(caller, mind, stop), SpeakAsync(mind, caller, stop));
    }

    private JsonObject Session()
    {
        static JsonObject Pcmu() => new() { ["type"] = "audio/pcmu" };
        return new()
        {
            ["type"] = "session.update",
            ["session"] = new JsonObject
            {
                ["type"] = "realtime", ["instructions"] = instructions,
                ["audio"] = new JsonObject
                {
                    ["input"] = new JsonObject { ["format"] = Pcmu(), ["turn_detection"] = new JsonObject { ["type"] = "server_vad" } },
                    ["output"] = new JsonObject { ["format"] = Pcmu() },
                },
            },
        };
    }

    private static async Task HearAsync(JsonSocket caller, JsonSocket mind, CancellationToken stop)
    {
        while (await caller.ReceiveAsync(stop) is { } frame)
        {
            if ((string?)frame["event"] != "media" || (string?)frame["media"]!["track"] != "inbound") continue;
            await mind.SendAsync(new() { ["type"] = "input_audio_buffer.append", ["audio"] = (string?)frame["media"]!["payload"] }, stop);
        }
    }

    private static async Task SpeakAsync(JsonSocket mind, JsonSocket caller, CancellationToken stop)
    {
        while (await mind.ReceiveAsync(stop) is { } told)
        {
            switch ((string?)told["type"])
            {
                case "response.output_audio.delta":
                    await caller.SendAsync(new()
                    {
                        ["event"] = "media", ["media"] = new JsonObject { ["payload"] = (string?)told["delta"] },
                    }, stop);
                    break;
                case "input_audio_buffer.speech_started":
                    // The caller interrupts: what still waits to be said is old.
                    await caller.SendAsync(new() { ["event"] = "clear" }, stop);
                    break;
                case "error":
                    Console.Error.WriteLine($"the model: {told["error"]?.ToJsonString()}");
                    break;
            }
        }
    }
}
