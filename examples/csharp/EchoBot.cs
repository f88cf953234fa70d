using System.Text.Json.Nodes;

namespace Ringwright.Examples;

/// <summary>
/// A bot by media streams: it says what it hears, a second later, and falls silent when the caller presses the star. The node sends frames
/// of 20 ms in their order; what is sent back is said behind what was sent before.
/// </summary>
public static class EchoBot
{
    private const int Delay = 50, OfASecond = 50;       // frames

    public static async Task HandleAsync(ExampleLine line, CallStep step)
    {
        if (step.Type == "call.initiated" && step.Text("direction") == "incoming") await line.AnswerWithAudioAsync(step.Call);
        if (step.Type == "call.hangup" || step.Type.StartsWith("streaming.", StringComparison.Ordinal))
            Console.WriteLine($"{step.Type} {step.Text("from")}");
    }

    public static async Task TalkAsync(JsonSocket caller, CancellationToken stop)
    {
        var waiting = new Queue<string>();
        int said = 0;
        while (await caller.ReceiveAsync(stop) is { } frame)
        {
            switch ((string?)frame["event"])
            {
                case "start":
                    Console.WriteLine($"hears {frame["start"]!["media_format"]!["encoding"]}");
                    break;
                case "mark":
                    Console.WriteLine($"{frame["mark"]!["name"]} was heard");
                    break;
                case "error":
                    Console.Error.WriteLine(frame["payload"]!.ToJsonString());
                    break;
                case "dtmf" when (string?)frame["dtmf"]!["digit"] == "*":
                    waiting.Clear();
                    await caller.SendAsync(new() { ["event"] = "clear" }, stop);
                    break;
                case "media" when (string?)frame["media"]!["track"] == "inbound":
                    waiting.Enqueue((string)frame["media"]!["payload"]!);
                    if (waiting.Count <= Delay) break;
                    await caller.SendAsync(Said(waiting.Dequeue()), stop);
                    if (++said % OfASecond == 0) await caller.SendAsync(Mark($"second {said / OfASecond}"), stop);
                    break;
            }
        }
    }

    private static JsonObject Said(string payload) => new() { ["event"] = "media", ["media"] = new JsonObject { ["payload"] = payload } };

    private static JsonObject Mark(string name) => new() { ["event"] = "mark", ["mark"] = new JsonObject { ["name"] = name } };
}
