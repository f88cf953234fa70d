using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Operating;

/// <summary>
/// Talks in writing with an assistant that an account has stored, by the account's API, as any program of the account's does. The model,
/// the tools and the conversation are the node's and are real; what was written stays in the conversation.
/// </summary>
/// <param name="api">With the node's public address and an account's key.</param>
internal sealed class StoredTalk(HttpClient api, TextWriter output, TimeProvider time)
{
    private const string Assistants = "v2/ai/assistants", Conversations = "v2/ai/conversations";

    /// <summary>Ids of stored assistants begin so.</summary>
    public const string Prefix = "assistant-";

    /// <summary>Until nothing more is typed. A turn that was refused is told, and the next one may be typed.</summary>
    /// <exception cref="StartRefused">There is no such assistant, or the node does not let the key ask it.</exception>
    public async Task RunAsync(string assistant, Func<CancellationToken, ValueTask<string?>> typed, CancellationToken stop)
    {
        string path = $"{Assistants}/{Uri.EscapeDataString(assistant)}";
        await AskAsync(HttpMethod.Get, path, null, stop);
        var made = await AskAsync(HttpMethod.Post, Conversations, new() { ["name"] = "assistant try" }, stop);
        string conversation = (string?)made["id"] ?? throw new StartRefused("the node has made a conversation without an id");
        await output.WriteLineAsync($"       conversation {conversation}; the greeting is said on calls alone");
        while (await typed(stop) is { } line)
        {
            if (line.Trim().Length == 0) continue;
            long asked = time.GetTimestamp();
            try
            {
                var answer = await AskAsync(HttpMethod.Post, $"{path}/chat",
                    new() { ["content"] = line, ["conversation_id"] = conversation }, stop);
                foreach (string said in ((string?)answer["content"] ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
                    await output.WriteLineAsync($"agent> {said}");
                string took = time.GetElapsedTime(asked).TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture);
                await output.WriteLineAsync($"       answered after {took} ms");
            }
            catch (StartRefused refused)
            {
                await output.WriteLineAsync($"       not answered: {refused.Message}");
            }
        }
    }

    /// <exception cref="StartRefused">It was refused, or there is no node.</exception>
    private async Task<JsonNode> AskAsync(HttpMethod method, string path, JsonObject? body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        try
        {
            using var answer = await api.SendAsync(request, stop);
            string text = await answer.Content.ReadAsStringAsync(stop);
            if (answer.IsSuccessStatusCode && Parse(text) is { } read) return read;
            var first = (Parse(text)?["errors"] as JsonArray)?.FirstOrDefault();
            throw new StartRefused((string?)first?["detail"] ?? (string?)first?["title"] ?? $"the node answered {(int)answer.StatusCode}")
            {
                Status = (int)answer.StatusCode,
            };
        }
        catch (HttpRequestException gone)
        {
            throw new StartRefused($"no node answers at {api.BaseAddress}: {gone.Message}", gone);
        }
        catch (OperationCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw new StartRefused($"no answer came within {api.Timeout.TotalMinutes:0} minutes", late);
        }
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
