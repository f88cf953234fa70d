using System.Collections.Concurrent;
using Ringwright.Conversations.Models;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>Asks models over HTTP, for one conversation. Keys are read when they are needed, and go nowhere but into the request.</summary>
/// <param name="folder">Where key files without a folder of their own are.</param>
/// <param name="refused">What servers have refused to be asked with, whoever asked them.</param>
/// <param name="account">Whose agent it is, for servers that accounts have chosen; null where there are none of these.</param>
internal sealed class ModelLine(string folder, IAgentWeb web, TimeProvider time, RefusedFields refused, TenantId? account = null)
    : IModelServer, IDisposable
{
    /// <summary>For an answer in whole; how long its parts may take the conversation says.</summary>
    private static readonly TimeSpan Whole = TimeSpan.FromMinutes(2);
    private const int MostBytes = 8 * 1024 * 1024;

    /// <summary>So long a busy server is waited for, once a request: a caller waits too, and the answer must come in time.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(2);

    /// <summary>A member of an error of Groq's: what the model has written.</summary>
    private static ReadOnlySpan<byte> Generated => "\"failed_generation\""u8;

    /// <summary>Their sources have no timers, so that nothing of them must be disposed.</summary>
    private readonly ConcurrentDictionary<int, CancellationTokenSource> _open = new();

    public void Post(int request, ModelEndpoint to, ReadOnlyMemory<byte> body, Action<ModelNews> tell)
    {
        var over = new CancellationTokenSource();
        _open[request] = over;
        _ = SendAsync(request, to, body, tell, over.Token);
    }

    public void Cancel(int request)
    {
        if (_open.TryRemove(request, out var over)) over.Cancel();
    }

    /// <summary>The conversation is over.</summary>
    public void Dispose()
    {
        foreach (int request in _open.Keys) Cancel(request);
    }

    private async Task SendAsync(int request, ModelEndpoint to, ReadOnlyMemory<byte> body, Action<ModelNews> tell, CancellationToken over)
    {
        try
        {
            tell(await AskAsync(to, body, tell, over));
        }
        catch (OperationCanceledException)
        {
            // Nobody wants it any more.
        }
        catch (Exception broken) when (broken is ObjectDisposedException or InvalidOperationException)
        {
            tell(new ModelNews.Failed("the node is stopping"));
        }
        finally
        {
            _open.TryRemove(request, out _);
        }
    }

    private async Task<ModelNews> AskAsync(ModelEndpoint to, ReadOnlyMemory<byte> body, Action<ModelNews> tell, CancellationToken over)
    {
        string? key = to.Key;
        if (key is null && to.KeyFile is { } file)
        {
            string? fault = null;
            key = await Task.Run(() => ModelKey.Read(Path.Combine(folder, file), out fault), over);
            if (key is null) return new ModelNews.Failed($"its key: {fault}");
        }
        foreach (string known in refused.Of(to.BaseUrl, to.Name)) body = OptionalFields.Without(known, body);
        bool hasRested = false;
        var start = new AnswerStart();
        var without = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var answer = await web.SendAsync(new($"{to.BaseUrl}/chat/completions", body)
            {
                Headers = key is null ? [] : [new("authorization", $"Bearer {key}")], Timeout = Whole, MaxBytes = MostBytes,
                IsOperatorConfigured = !to.IsOfAccount, MayBeTwice = true, Account = to.IsOfAccount ? account : null,
                Arrives = bits =>
                {
                    Learn(to, without);
                    Arrive(bits, start, to, body, tell);
                },
            }, over);
            if (answer.IsSuccess) return new ModelNews.Ended();
            if (ContentFilter.HasRefused(answer)) return new ModelNews.Filtered();
            if (answer is { Fault: null, Status: 400 } && HasGenerated(answer.Body.Span))
            {
                // A call that its server could not read, or would not have: the conversation reads it by itself.
                tell(new ModelNews.Bytes(answer.Body));
                return new ModelNews.Ended();
            }
            if (!hasRested && to.MayRest && answer is { Fault: null, Status: 429 or 503, RetryAfter: { } rest } && rest <= LongestRest)
            {
                hasRested = true;
                await Task.Delay(rest, time, over);
                continue;
            }
            // Twice the same: it refuses what it wanted before.
            if (OptionalFields.RefusedBy(answer, body) is not { } field || !without.Add(field))
                return new ModelNews.Failed(KnownRefusals.FaultOf(answer));
            body = OptionalFields.Without(field, body);
        }
    }

    /// <summary>An empty one is nothing that could be read.</summary>
    private static bool HasGenerated(ReadOnlySpan<byte> said)
    {
        int at = said.IndexOf(Generated);
        var text = at < 0 ? [] : said[(at + Generated.Length)..].TrimStart(" \t\r\n:"u8);
        return text.Length > 1 && text[0] == '"' && text[1] != '"';
    }

    /// <summary>It answers without them. A refusal may name what was not at fault, and other calls would go without that.</summary>
    private void Learn(ModelEndpoint to, HashSet<string> without)
    {
        foreach (string field in without) refused.Add(to.BaseUrl, to.Name, field);
        without.Clear();
    }

    /// <summary>What the answer's first event refuses the conversation asks once more, and then as its server wants it.</summary>
    private void Arrive(ReadOnlyMemory<byte> bits, AnswerStart start, ModelEndpoint to, ReadOnlyMemory<byte> body, Action<ModelNews> tell)
    {
        if (start.Add(bits.Span) is { } refusal && OptionalFields.RefusedBy(refusal, body) is { } field)
            refused.Add(to.BaseUrl, to.Name, field);
        tell(new ModelNews.Bytes(bits));
    }
}
