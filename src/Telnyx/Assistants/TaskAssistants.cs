using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Telnyx.Assistants;

/// <summary>What programs of accounts have assistants and their model do without a call. Nothing of it is kept as a conversation.</summary>
public sealed class TaskAssistants(AssistantParts parts, IInsightModel model)
{
    private const string TooMuch = "the account asks as much at once as it may",
        Summary = "A summary of what was said: who wanted what, what came of it, and what was agreed. A few sentences, in the language ";

    /// <summary>For an answer with all that its tools take.</summary>
    private static readonly TimeSpan Whole = TimeSpan.FromMinutes(5);

    /// <param name="words">What it is told: its only message.</param>
    /// <returns>What it has written; or null and why not, as part of a sentence.</returns>
    public async ValueTask<(string? Text, string? Fault)> DoAsync(TenantId account, string assistant, string words, CancellationToken stop)
    {
        if (parts.Talk is not { } talk) return (null, "no language model thinks on this node");
        if (await AssistantRecords.Rows(parts.Store).FindAsync(account, assistant, stop) is not { } row)
            return (null, "the account has no such assistant");
        var (opened, faults) = await WrittenAssistant.OpenAsync(account, row, Guid.NewGuid(), [], version: null, parts, stop);
        if (opened is null) return (null, string.Join(' ', faults).TrimEnd('.'));
        using var place = parts.Inference.Places.TryTake(account, HeadOf(account));
        if (place is null) return (null, TooMuch);
        using var late = new CancellationTokenSource(Whole, parts.Store.Time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            var answer = await talk.AnswerAsync(opened.Agent, [new("user", words, parts.Store.Time.GetUtcNow())], over.Token);
            return answer.Fault is { } fault ? (null, fault) : (answer.Text, null);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return (null, "the assistant was not done in time");
        }
    }

    private TenantId HeadOf(TenantId account) => parts.Store.Routing.Current.FindTenant(account)?.Parent ?? account;

    /// <inheritdoc cref="DoAsync"/>
    /// <param name="said">Data, of which the summary is.</param>
    public async ValueTask<(string? Text, string? Fault)> SummariseAsync(TenantId account, string said, string language,
        CancellationToken stop)
    {
        using var place = parts.Inference.Places.TryTake(account, HeadOf(account));
        if (place is null) return (null, TooMuch);
        var answer = await model.AskAsync(new(AssistantAgent.UsualModel, Summary + language + ".", Schema: null,
            new JsonArray((JsonNode?)said).ToJsonString(), new Dictionary<string, string>()), stop);
        return (answer.Result, answer.Fault);
    }
}
