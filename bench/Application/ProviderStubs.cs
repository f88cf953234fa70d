using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Ringwright.Bench.Application;

/// <summary>
/// Stands in for a language model, a voice and a recogniser of OpenAI's form, and answers at once: what is measured beside it is the node.
/// Each answer follows from what was sent; no two are the same, so that nothing of them is kept by the node.
/// </summary>
internal static class ProviderStubs
{
    private const string Root = "/v1", Name = "stub", Models = Root + "/models";
    private const int MillisecondsOfCharacter = 50, HeadBytes = 44, SamplesPerMillisecond = 16, LeastLoud = 500, LeastMilliseconds = 100;

    private static int _answers;

    /// <summary>Of a node that asks them.</summary>
    /// <param name="application">Where the server is that has them.</param>
    public static IReadOnlyList<string> FlagsFor(Uri application)
    {
        string at = new Uri(application, Root).AbsoluteUri;
        return ["--llm-url", at, "--llm-model", Name, "--speech-url", at, "--recogniser-url", at];
    }

    public static void Map(WebApplication server)
    {
        server.MapGet(Models, http => WriteAsync(http, new() { ["object"] = "list", ["data"] = new JsonArray(Model()) }));
        server.MapGet(Models + "/{**name}", http => WriteAsync(http, Model()));
        server.MapPost(Root + "/chat/completions", CompleteAsync);
        server.MapPost(Root + "/audio/speech", SpeakAsync);
        server.MapPost(Root + "/audio/transcriptions", RecogniseAsync);
    }

    private static JsonObject Model() => new() { ["id"] = Name, ["object"] = "model", ["owned_by"] = "bench" };

    private static async Task CompleteAsync(HttpContext http)
    {
        var asked = await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        var turns = asked!["messages"]!.AsArray().Where(message => (string?)message!["role"] == "user").ToList();
        int words = turns.LastOrDefault()?["content"]?.ToString().Split(' ').Length ?? 0;
        string answer = string.Create(CultureInfo.InvariantCulture,
            $"In turn {turns.Count} I heard {words} words, {Interlocked.Increment(ref _answers)}.");
        if ((bool?)asked["stream"] is not true)
        {
            await WriteAsync(http, Answer("chat.completion", "message", new() { ["role"] = "assistant", ["content"] = answer }, "stop"));
            return;
        }
        http.Response.ContentType = "text/event-stream";
        foreach (string word in answer.Split(' ')) await ChunkAsync(new() { ["content"] = word + " " }, null);
        await ChunkAsync([], "stop");
        await http.Response.WriteAsync("data: [DONE]\n\n", http.RequestAborted);

        Task ChunkAsync(JsonObject delta, string? finish) => http.Response.WriteAsync(
            $"data: {Answer("chat.completion.chunk", "delta", delta, finish).ToJsonString()}\n\n", http.RequestAborted);
    }

    private static JsonObject Answer(string kind, string member, JsonObject said, string? finish) => new()
    {
        ["id"] = "bench", ["object"] = kind, ["model"] = Name,
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, [member] = said, ["finish_reason"] = finish }),
    };

    private static async Task SpeakAsync(HttpContext http)
    {
        var asked = await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        byte[] wav = ToneFile.Make(MillisecondsOfCharacter * ((string)asked!["input"]!).Length);     // the API demands it
        http.Response.ContentType = "audio/wav";
        http.Response.ContentLength = wav.Length;
        await http.Response.Body.WriteAsync(wav, http.RequestAborted);
    }

    private static async Task RecogniseAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        using var wav = new MemoryStream();
        if (form.Files.GetFile("file") is { } file) await file.CopyToAsync(wav, http.RequestAborted);
        int said = MillisecondsIn(wav.ToArray());
        string text = string.Create(CultureInfo.InvariantCulture, $"I have said it for {said} milliseconds.");
        await WriteAsync(http, new() { ["text"] = said < LeastMilliseconds ? "" : text });
    }

    /// <summary>Of what is loud in a file of 16,000 Hz, 16 bits, mono.</summary>
    private static int MillisecondsIn(byte[] wav)
    {
        if (wav.Length <= HeadBytes) return 0;
        int loud = 0;
        foreach (short sample in MemoryMarshal.Cast<byte, short>(wav.AsSpan(HeadBytes)))
            if (sample is > LeastLoud or < -LeastLoud) loud++;
        return loud / SamplesPerMillisecond;
    }

    private static Task WriteAsync(HttpContext http, JsonObject body)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body.ToJsonString(), http.RequestAborted);
    }
}
