using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// One group of insights over one conversation. Each result is kept as it comes, so that whoever goes on after a stop asks for the rest;
/// that all are there is one write with the webhooks that tell of it, and so is that the call was told.
/// </summary>
internal sealed class InsightRun(JobContext job, AssistantJobParts parts)
{
    public const string Status = "status", Results = "conversation_insights";

    private const string Pending = "pending", InProgress = "in_progress", Completed = "completed", Failed = "failed";
    private const string Insight = "insight_id", Result = "result";

    /// <summary>Of its document, and shown to nobody: which results are JSON objects, and that the call was told.</summary>
    private const string Objects = "objects", IsTold = "is_told";

    /// <summary>Characters of what an assistant was told.</summary>
    private const int MostOfAssistant = 30_000;

    /// <summary>Questions at the same time.</summary>
    private const int AtOnce = 4;

    private readonly string _conversation = (string)job.Input[TalkJobs.Conversation]!, _group = (string)job.Input[TalkJobs.Group]!;

    private IResourceRows Rows => parts.Store.Documents.Rows(Kind);

    /// <summary>As the lists of conversations read it.</summary>
    public static readonly DocumentKind Kind = new(ConversationMessages.InsightKind) { Indexed = [ConversationRecords.Id] };

    /// <exception cref="JobWaitsException">It goes on later.</exception>
    public async ValueTask RunAsync()
    {
        // A conversation that its customer has deleted has nothing more to be found out of.
        if (await ConversationRecords.Rows(parts.Store).FindAsync(job.Tenant, _conversation, job.Stop) is not { } talk) return;
        await WaitForEndAsync(talk);
        var templates = await TemplatesAsync();
        if (await BeginAsync(templates) is not { } run) return;
        if (run.Body.Text(Status) is Pending or InProgress) run = await AskAllAsync(run, talk, templates);
        if (run is not null) await TellCallAsync(run);
    }

    /// <summary>A talk in writing has no end but that nobody has written for an hour.</summary>
    private async ValueTask WaitForEndAsync(ResourceRow talk)
    {
        if (job.Input[TalkJobs.Leg] is not null || await Rows.FindAsync(job.Tenant, job.Job.Id.ToString(), job.Stop) is not null) return;
        var left = WrittenInsights.EndOf(talk.Body) - parts.Store.Time.GetUtcNow();
        if (left > TimeSpan.Zero) throw new JobWaitsException(left, isCounted: false);
    }

    /// <summary>Those of the group that are there, in its order.</summary>
    private async ValueTask<IReadOnlyList<ResourceRow>> TemplatesAsync()
    {
        var group = await InsightGroups.Rows(parts.Store).FindAsync(job.Tenant, _group, job.Stop);
        var (rows, templates) = (InsightTemplates.Rows(parts.Store), new List<ResourceRow>());
        foreach (string id in group?.Body.Texts(InsightGroups.Members) ?? [])
            if (await rows.FindAsync(job.Tenant, id, job.Stop) is { } one) templates.Add(one);
        return templates;
    }

    /// <summary>
    /// Its document; null where nothing is to be found out. It is written with the conversation's row, for whoever deletes that takes with
    /// it what is there by then.
    /// </summary>
    private async ValueTask<ResourceRow?> BeginAsync(IReadOnlyList<ResourceRow> templates)
    {
        // A job has one.
        string id = job.Job.Id.ToString();
        var conversations = ConversationRecords.Rows(parts.Store);
        for (int attempt = 0; attempt < Revisions.Attempts; attempt++)
        {
            if (await conversations.FindAsync(job.Tenant, _conversation, job.Stop) is not { } talk) return null;
            if (await Rows.FindAsync(job.Tenant, id, job.Stop) is { } begun) return begun;
            if (templates.Count == 0 && talk.Body[WrittenInsights.Ordered] is null) return null;
            var now = parts.Store.Time.GetUtcNow();
            // Whoever writes in it again is judged again.
            var body = talk.Body.DeepClone().AsObject();
            body.Remove(WrittenInsights.Ordered);
            var row = new ResourceRow
            {
                Id = id, Tenant = job.Tenant, CreatedAt = now, UpdatedAt = now,
                Body = new() { [ConversationRecords.Id] = _conversation, [Status] = Pending, [Results] = new JsonArray() },
            };
            await conversations.UpdateAsync(talk with { Body = body, UpdatedAt = now },
                new UnitOfWork { Documents = templates.Count > 0 ? [new(Kind, row)] : [] }, job.Stop);
        }
        throw new InvalidOperationException($"Conversation {_conversation} was changed {Revisions.Attempts} times meanwhile.");
    }

    private async ValueTask<ResourceRow?> AskAllAsync(ResourceRow begun, ResourceRow talk, IReadOnlyList<ResourceRow> templates)
    {
        if (parts.Insights is not { } model) throw new JobWaitsException(InsightRuns.WithoutModel, isCounted: false);
        string? transcript = await ConversationMessages.TranscriptAsync(parts.Store, job.Tenant, _conversation, job.Stop), fault = null;
        var run = await WriteAsync(begun, body => body[Status] = InProgress);
        var agent = await AgentOfAsync(talk);
        if (transcript is not null)
            foreach (var some in templates.Where(template => Of(begun.Body[Results] as JsonArray, template.Id) is null).Chunk(AtOnce))
            {
                var answers = await Task.WhenAll(some.Select(template => AskAsync(model, agent, template, transcript)));
                fault ??= answers.Select(answer => answer.Fault).FirstOrDefault(why => why is not null);
                if (run is not null) run = await WriteAsync(run, body => Add(body, some.Zip(answers)));
            }
        if (run is null) return null;       // deleted meanwhile
        if (fault is not null && job.Job.Attempts <= InsightRuns.Rests.Length)
        {
            var rest = InsightRuns.Rests[job.Job.Attempts - 1];
            parts.Log.InsightsWait(_conversation, job.Job.Attempts, rest.TotalSeconds, fault);
            throw new JobWaitsException(rest, isCounted: true);
        }
        if (fault is not null) parts.Log.InsightsGivenUp(_conversation, job.Job.Attempts, fault);
        return await WriteAsync(run, body => body[Status] = fault is null ? Completed : Failed, await TellOthersAsync(run, templates));
    }

    /// <summary>What has talked, as agents are written: on a call as it was then, in writing as its version says.</summary>
    private async ValueTask<JsonObject> AgentOfAsync(ResourceRow talk)
    {
        if (talk.Body.Child(ConversationRecords.Agent) is { } agent) return agent;
        var metadata = talk.Body.Child(ConversationRecords.Metadata) ?? [];
        if (metadata.Filled(AssistantRecords.AssistantId) is not { } assistant || metadata.Filled(ConversationRecords.Version) is not { } id
            || await AssistantRecords.FindVersionAsync(job.Tenant, assistant, id, parts.Store, job.Stop) is not { } version) return [];
        return new()
        {
            ["instructions"] = version.Body.Text("instructions"),
            ["variables"] = AssistantAgent.Variables(version.Body.Child("dynamic_variables") ?? [],
                CallVariables.Of(metadata, parts.Store.Time.GetUtcNow())),
        };
    }

    private async Task<InsightAnswer> AskAsync(IInsightModel model, JsonObject agent, ResourceRow template, string transcript)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in agent.Child("variables") ?? [])
            variables[name] = value?.ToString() ?? "";
        variables[CallVariables.Now] = CallVariables.Time(parts.Store.Time.GetUtcNow());
        // What is found out is asked of the node's server, which knows no model of an account's own.
        string? named = agent.Child(AssistantConversations.OwnModel) is null ? (string?)job.Input[TalkJobs.Model] : null;
        return await model.AskAsync(new(named ?? InsightQuestion.UsualModel,
            InstructionsOf(template, agent.Text("instructions") ?? ""), SchemaOf(template), transcript, variables), job.Stop);
    }

    /// <summary>Of the node's own those of the assistant are a part; variables in them are filled in with the others.</summary>
    private static string InstructionsOf(ResourceRow template, string assistant)
    {
        string instructions = template.Body.Text("instructions") ?? "";
        if (!ManagedInsights.Has(template)) return instructions;
        return instructions.Replace(ManagedInsights.OfAssistant, Clipped.Of(assistant, MostOfAssistant), StringComparison.Ordinal);
    }

    /// <summary>It was stored as an object or as the text of one.</summary>
    private static JsonObject? SchemaOf(ResourceRow template) => template.Body["json_schema"] switch
    {
        JsonObject schema => schema,
        JsonValue when template.Body.Filled("json_schema") is { } text => JsonNode.Parse(text) as JsonObject,
        _ => null,
    };

    private static void Add(JsonObject body, IEnumerable<(ResourceRow Template, InsightAnswer Answer)> answers)
    {
        var (results, objects) = (body[Results]!.AsArray(), body[Objects] as JsonArray ?? []);
        foreach (var (template, answer) in answers)
        {
            if (answer.Result is null) continue;
            results.Add((JsonNode)new JsonObject { [Insight] = template.Id, [Result] = answer.Result });
            if (SchemaOf(template) is not null) objects.Add((JsonNode)template.Id);
        }
        body[Objects] ??= objects;
    }

    /// <summary>The group's address hears of all, a template's of its own.</summary>
    private async ValueTask<IReadOnlyList<OutboxMessage>> TellOthersAsync(ResourceRow run, IReadOnlyList<ResourceRow> templates)
    {
        var results = Told(run);
        if (results.Count == 0) return [];
        var messages = new List<OutboxMessage>();
        var leg = await LegAsync();
        var group = await InsightGroups.Rows(parts.Store).FindAsync(job.Tenant, _group, job.Stop);
        if (group?.Body.Filled("webhook") is { } all) messages.Add(To(all, results));
        foreach (var template in templates)
            if (template.Body.Filled("webhook") is { } own && Of(results, template.Id) is { } result)
                messages.Add(To(own, new JsonArray(result.DeepClone())));
        return messages;

        OutboxMessage To(string url, JsonArray what) => parts.Projector.InsightsTo(url, job.Tenant, leg, Guid.Parse(_conversation), _group,
            what, parts.Store.Time.GetUtcNow());
    }

    /// <summary>Behind all else that the call tells: it waits for its end.</summary>
    private async ValueTask TellCallAsync(ResourceRow run)
    {
        var results = Told(run);
        if (results.Count == 0 || run.Body.Flag(IsTold, fallback: false) || await LegAsync() is not { } leg) return;
        if (leg.IsAlive) throw new JobWaitsException(InsightRuns.WhileCallLives, isCounted: false);
        await WriteAsync(run, body => body[IsTold] = true,
            parts.Projector.TellInsights(leg, Guid.Parse(_conversation), _group, results, parts.Store.Time.GetUtcNow()));
    }

    private async ValueTask<LegRow?> LegAsync() =>
        LegId.TryParse((string?)job.Input[TalkJobs.Leg], out var leg) ? await parts.Store.Legs.FindAsync(job.Tenant, leg, job.Stop) : null;

    private static JsonNode? Of(JsonArray? results, string insight) =>
        results?.FirstOrDefault(result => (string?)result![Insight] == insight);

    /// <summary>As events have them: what has a schema is an object.</summary>
    private static JsonArray Told(ResourceRow run)
    {
        var objects = run.Body.Texts(Objects);
        var told = new JsonArray();
        foreach (var result in (run.Body[Results] as JsonArray ?? []).OfType<JsonObject>())
        {
            string insight = result.Text(Insight) ?? "", text = result.Text(Result) ?? "";
            told.Add((JsonNode)new JsonObject { [Insight] = insight, [Result] = objects.Contains(insight) ? JsonNode.Parse(text) : text });
        }
        return told;
    }

    /// <returns>As it is then; null when it is there no more.</returns>
    private async ValueTask<ResourceRow?> WriteAsync(ResourceRow run, Action<JsonObject> change, IReadOnlyList<OutboxMessage>? told = null)
    {
        var after = run with { Body = run.Body.DeepClone().AsObject(), UpdatedAt = parts.Store.Time.GetUtcNow() };
        change(after.Body);
        return await Rows.UpdateAsync(after, new UnitOfWork { Messages = told ?? [] }, job.Stop) switch
        {
            WriteOutcome.Done => after with { Revision = run.Revision + 1 },
            WriteOutcome.Missing => null,
            // Whoever has taken the job from here has the say.
            var refused => throw new InvalidOperationException($"The insights of {_conversation} were not written: {refused}."),
        };
    }
}
