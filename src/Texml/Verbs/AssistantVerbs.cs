using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Assistants;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>Has an assistant of the account talk with the party, or gather something of him, until that is over.</summary>
internal static class AssistantVerbs
{
    /// <summary>Whoever hangs up has sent it already.</summary>
    private static readonly TimeSpan ForHangup = TimeSpan.FromSeconds(2);

    public static async ValueTask<Step> AssistantAsync(DocumentCall call, TexmlElement element, VerbValues values) =>
        await ConnectAsync(call, element, values) ?? Step.Next;

    /// <returns>Null when nobody talks, which is told as a warning.</returns>
    public static async ValueTask<Step?> ConnectAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        if (element["join"] is not null)
        {
            await call.WarnAsync($"AIAssistant is not carried out: no assistant joins the talk of another yet ({element.At})");
            return null;
        }
        if (values.Filled("id") is not { } id)
        {
            await call.WarnAsync($"AIAssistant has no id ({element.At})");
            return null;
        }
        if (call.Parts.Assistants is { } assistants && !await call.AskAsync(stop => assistants.HasAsync(call.Leg.Tenant, id, stop)))
        {
            await call.WarnAsync($"there is no assistant {id} ({element.At})");
            if (!call.IsAnswered && call.Leg.Direction is Direction.Inbound)
                await call.TrySendAsync(new LegCommand.Reject(IsBusy: false), "AIAssistant");
            return Step.End;
        }
        await call.AnswerAsync();
        var command = new JsonObject { ["assistant"] = new JsonObject { ["id"] = id } };
        return await TalkAsync(call, element, command, isGather: false) is { } over ? await BehindAsync(call, over.Ended) : null;
    }

    public static async ValueTask<Step> GatherAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        var (command, fault) = CommandOf(element);
        if (fault is not null)
        {
            await call.WarnAsync($"AIGather is not carried out: {fault} ({element.At})");
            return Step.Next;
        }
        await call.AnswerAsync();
        if (await TalkAsync(call, element, command, isGather: true) is not { Gathered: { } gathered } over) return Step.Next;
        var step = await BehindAsync(call, over.Ended);
        return step is Step.Onward ? await Actions.GoAsync(call, values,
        [
            new("Status", gathered.State.IsComplete ? "valid" : "invalid"), new("Base64Result", Base64(gathered.State.Result)),
            new("Base64MessageHistory", Base64(gathered.State.Messages)),
        ], usesDocument: false) : step;
    }

    /// <summary>Until it is over.</summary>
    /// <returns>Null when nobody talks, which is told as a warning.</returns>
    private static async ValueTask<Over?> TalkAsync(DocumentCall call, TexmlElement element, JsonObject command, bool isGather)
    {
        if (call.Parts.Assistants is not { } assistants)
        {
            await call.WarnAsync($"{element.Name} is not carried out: this node has no assistants ({element.At})");
            return null;
        }
        var (terms, fault) = await call.AskAsync(stop => assistants.OrderAsync(call.Leg, command, isGather, stop));
        if (terms is null)
        {
            await call.WarnAsync($"{element.Name} is not carried out: {fault?.TrimEnd('.')} ({element.At})");
            return null;
        }
        if (!await call.TrySendAsync(new LegCommand.StartAgent(terms), element.Name))
        {
            await assistants.WithdrawAsync(call.Leg.Tenant, terms, call.Stop);
            return null;
        }
        try
        {
            var gathered = isGather
                ? await call.NextAsync<CallEvent.AgentGatherEnded>(e => e.Terms.Conversation == terms.Conversation) : null;
            return new(await call.NextAsync<CallEvent.AgentEnded>(e => e.Terms.Conversation == terms.Conversation), gathered);
        }
        catch (ReplacedException)
        {
            await call.SendAsync(new LegCommand.StopAgent { Conversation = terms.Conversation });
            throw;
        }
    }

    /// <summary>What comes behind its end: the call may be over with it, or talk to somebody else first.</summary>
    private static async ValueTask<Step> BehindAsync(DocumentCall call, CallEvent.AgentEnded ended)
    {
        bool isGather = ended.Terms.Gather is not null;
        if (ended.Reason is AgentEnd.AssistantHangup || ended.Reason is AgentEnd.ProviderFailure && !isGather)
        {
            // It hangs up itself, and says so.
            await call.NextWithinAsync(ForHangup, _ => false);
            return Step.End;
        }
        if (ended.Reason is AgentEnd.Transferred)
            await call.NextAsync(happened => happened is CallEvent.LegUnbridged or CallEvent.LegDequeued);
        return Step.Next;
    }

    /// <summary>The command that it stands for, and what is wrong with what it says: such a one is not carried out.</summary>
    internal static (JsonObject Command, string? Fault) CommandOf(TexmlElement element)
    {
        var (command, assistant) = (new JsonObject(), new JsonObject());
        if (Find(element, "Greeting")?.Text is { Length: > 0 } greeting) command["greeting"] = greeting;
        if (Find(element, "Voice") is { } voice && (voice["name"] is { Length: > 0 } named ? named : voice.Text) is { Length: > 0 } speaker)
            command["voice"] = speaker;
        var told = Find(element, "Assistant");
        if (told?["instructions"] is { Length: > 0 } instructions) assistant["instructions"] = instructions;
        if (told?["model"] is { Length: > 0 } model) assistant["model"] = model;
        string? fault = Put(Find(element, "Parameters"), command, "parameters")
            ?? Put(Find(element, "MessageHistory"), command, "message_history")
            ?? Put(Find(element, "Tools") ?? (told is null ? null : Find(told, "Tools")), assistant, "tools");
        if (assistant.Count > 0) command["assistant"] = assistant;
        return (command, fault);
    }

    private static TexmlElement? Find(TexmlElement element, string name) => element.Children.FirstOrDefault(child => child.Name == name);

    /// <returns>What is wrong with it; null when it is right, or not there.</returns>
    private static string? Put(TexmlElement? detail, JsonObject into, string field)
    {
        if (detail is null || detail.Text.Length == 0) return null;
        bool isObject = detail.Name is "Parameters";
        var json = detail.Children.Count > 0 ? ListOf(detail) : Parse(detail.Text);
        if (isObject ? json is not JsonObject : json is not JsonArray) return $"{detail.Name} is no JSON {(isObject ? "object" : "list")}";
        into[field] = json;
        return null;
    }

    /// <summary>Messages as elements, each with who said it, or tools, each as JSON; null when one is none.</summary>
    private static JsonArray? ListOf(TexmlElement detail)
    {
        var list = new JsonArray();
        foreach (var child in detail.Children)
        {
            JsonNode? one = child.Name is "Message"
                ? new JsonObject { ["role"] = child["role"] is "assistant" ? "assistant" : "user", ["content"] = child.Text }
                : Parse(child.Text) as JsonObject;
            if (one is null) return null;
            list.Add(one);
        }
        return list;
    }

    private static JsonNode? Parse(string text)
    {
        try
        {
            var json = JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false });
            // JSON may escape half of a pair of surrogates, which shows where it is written, and a zero: they are no text that is kept.
            return json?.ToJsonString().Contains("\\u0000", StringComparison.Ordinal) is true ? null : json;
        }
        catch (Exception none) when (none is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private sealed record Over(CallEvent.AgentEnded Ended, CallEvent.AgentGatherEnded? Gathered);
}
