namespace Ringwright.Conversations.Models;

/// <summary>Thinks by asking a model, with what was heard up to then and no state of its own.</summary>
/// <param name="variables">Of the call and of the agent.</param>
public sealed class ModelBrain(ModelAgent agent, IReadOnlyDictionary<string, string> variables, IModelServer server) : IBrain
{
    /// <summary>Further ones go to who stands in.</summary>
    private const int TriesOfModel = 2;

    /// <summary>The result of keys that were sent.</summary>
    private const string Pressed = "Done.";

    public void Ask(BrainRequest request, Action<BrainPart> tell)
    {
        var endpoint = request.Try >= TriesOfModel && agent.Fallback is { } fallback ? fallback : agent.Model;
        var listen = ListenBehind(request);
        string? notice = request.Occasion is BrainOccasion.Opening ? agent.Notice : null;
        var answer = new ChatAnswer(request.Number, agent.Refusal, part =>
        {
            // It comes with the first words: where there are none, the model is asked again.
            if (notice is not null && part is BrainPart.Text { Bit.Length: > 0 } or BrainPart.Call or BrainPart.Done)
            {
                tell(new BrainPart.Text(Template.Fill(notice, variables, Limits.ReplyCharacters) + " "));
                notice = null;
            }
            if (part is BrainPart.Done && listen is not null) tell(listen);
            tell(Offered(Marked(part, endpoint)));
        }, agent.Tools.Count == 0 ? null : name => agent.Tools.FirstOrDefault(tool => tool.Name == name)?.Parameters,
            HasPressed(request), agent.Tools.Count == 0 ? null : [.. agent.Tools.Select(tool => tool.Name)]);
        server.Post(request.Number, endpoint, ChatRequest.Write(agent, endpoint, variables, request), answer.Take);
    }

    /// <summary>What is missing yet may be a number, however it is asked for; null where the words of the answer tell.</summary>
    private BrainPart.Listen? ListenBehind(BrainRequest request)
    {
        if (agent.Gather is not { } gather) return null;
        var book = new GatherBook(gather.Parameters);
        foreach (var call in request.History.SelectMany(message => message.Calls))
            if (call.Name is ToolCall.Gather) book.Take(call.Arguments);
        return new(new() { IsDictation = book.IsDictated ? true : null });
    }

    public void Cancel(int request) => server.Cancel(request);

    /// <summary>It has sent keys, and called nothing else: whoever hears them, a menu mostly, need not be told so.</summary>
    private static bool HasPressed(BrainRequest request)
    {
        if (request.Occasion is not BrainOccasion.ToolResults) return false;
        int last = request.History.Count - 1;
        while (last >= 0 && request.History[last] is { Role: MessageRole.Tool, Text: Pressed }) last--;
        return last >= 0 && request.History[last].Calls is { Count: > 0 } calls && calls.All(call => call.Name is ToolCall.SendDigits);
    }

    /// <summary>What came along with a call is that server's alone.</summary>
    private static BrainPart Marked(BrainPart part, ModelEndpoint from) =>
        part is BrainPart.Call { Tool: { Extras: { } extras } call }
            ? new BrainPart.Call(call with { Extras = extras with { From = from.ToString() } }) : part;

    /// <summary>The conversation hangs up, and gives its turn back, by the tool's name, which a model may make up.</summary>
    private BrainPart Offered(BrainPart part) =>
        part is BrainPart.Call { Tool: { Name: ToolCall.Hangup or ToolCall.SkipTurn } call }
            && !agent.Tools.Any(tool => tool.Name == call.Name)
            ? new BrainPart.Call(call with { Name = Nobodys() })
            : part;

    /// <summary>No tool is named so, and servers, which are told of the call afterwards, take it as a name.</summary>
    private string Nobodys()
    {
        string name = "unknown";
        while (agent.Tools.Any(tool => tool.Name == name)) name += "_";
        return name;
    }
}
