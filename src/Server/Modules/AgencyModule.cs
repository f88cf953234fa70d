using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Agency;
using Ringwright.Agency.Pages;
using Ringwright.Agency.Providers;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Agency.Telling;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Delivery;
using Ringwright.Delivery.Mails;
using Ringwright.Http;
using Ringwright.Operator;
using Ringwright.Programs;
using Ringwright.Programs.Agents;
using Ringwright.Server.Settings;
using Ringwright.Store;
using Ringwright.Store.Areas;
using Ringwright.Store.Tables;

namespace Ringwright.Server.Modules;

/// <summary>The back office of agencies.</summary>
internal sealed class AgencyModule : Module
{
    /// <summary>One for the process, for it never changes.</summary>
    private static readonly Lazy<Contract> Facts = new(AgencyContract.Read);

    public override string Name => "agency";

    public override IReadOnlyList<StoreArea> Areas => [AgencyArea.Area];

    public override IReadOnlyList<IWebhookFormat> WebhookFormats => [new AgencyWebhookFormat()];

    public override void Prepare() => _ = Facts.Value;

    public override IReadOnlyList<IMailFormat> MailFormats(Database database) => [new AgencyMailFormat(database.Node)];

    /// <summary>An account below another one is a client, and has no owner of its own.</summary>
    public override async ValueTask<JsonObject?> CredentialsAsync(Database database, Tenant tenant, CancellationToken stop) =>
        tenant.Parent is null ? new() { ["agency_owner"] = await AgencyOwner.MakeAsync(database, tenant, stop) } : null;

    public override ValueTask<JsonObject?> AdministratorAsync(Database database, string email, CancellationToken stop) =>
        PlatformAdministrator.MakeAsync(database, email, stop);

    public override async ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop)
    {
        var web = AgentWeb.Of(ground);
        var parts = new AgencyParts
        {
            Store = ground.Database, Log = ground.Loggers.CreateLogger("Ringwright.Agency"), Judge = CallJudge.Of(ground),
            OwnJudge = (agency, model) => CallJudge.Of(web, agency, model), Web = new ProviderWeb(web), IsSigned = Signer.Verify,
            HasMail = ground.HasMail,
            UrlFault = ground.WebhookUrlFault, WebhookFault = ground.WebhookUrlFaultAsync, ScriptFault = AgentScripts.FaultOf,
        };
        ground.Database.DoNotCall.Listed += parts.HearOfListed;
        await parts.ReadHooksAsync(stop);
        return new Joined(ground, parts);
    }

    private sealed class Joined(ModuleGround ground, AgencyParts parts) : JoinedModule
    {
        private static readonly TimeSpan Look = TimeSpan.FromSeconds(5), LookAtTalks = TimeSpan.FromSeconds(3),
            LookAtWebhooks = TimeSpan.FromSeconds(1), LookAtSilence = TimeSpan.FromMinutes(1),
            AddHours = TimeSpan.FromSeconds(30), Hourly = TimeSpan.FromHours(1);

        private readonly AgencyTalks _talks = new(ground.Database);
        private Pipeline? _api;

        public override ICallProgram? CreateProgram(Application application) =>
            application is { Kind: ApplicationKind.Script, Target: AgencyTalks.Line }
                ? new NumberAgent((leg, stop) => _talks.AnswerOfAsync(leg, ground.Apis.Llm is not null, stop)) : null;

        public override IReadOnlyList<Sweep> Sweeps(Ledger ledger) =>
        [
            new("the look after batches", Look, parts.FollowBatchesAsync) { Tell = parts.Log.BatchesNotFollowed },
            new("the taking out of contacts", LookAtWebhooks, parts.TakeOutAsync) { Tell = parts.Log.ContactsNotTakenOut },
            new("the look after talks", LookAtTalks, parts.EnrichAsync) { Tell = parts.Log.TalksNotFollowed },
            new("the judging of calls", LookAtTalks, parts.JudgeAsync) { Tell = parts.Log.CallsNotJudged },
            new("the look after webhooks", LookAtWebhooks, parts.FollowWebhooksAsync) { Tell = parts.Log.WebhooksNotFollowed },
            new("the fetching of transcripts", LookAtTalks, parts.FetchAsync) { Tell = parts.Log.TranscriptsNotFetched },
            new("the reading of histories", LookAtWebhooks, parts.FollowHistoryAsync) { Tell = parts.Log.HistoriesNotRead },
            new("the look after silent calls", LookAtSilence, parts.FollowSilentCallsAsync) { Tell = parts.Log.SilentCallsNotFollowed },
            new("the look after who is told of agencies", Look, parts.ReadHooksAsync) { Tell = parts.Log.HooksNotRead },
            new("the telling of agencies", LookAtWebhooks, parts.TellAsync) { Tell = parts.Log.NewsNotTold },
            new("the look after ordered numbers", Look, parts.FollowOrdersAsync) { Tell = parts.Log.OrdersNotFollowed },
            new("the adding up of hours", AddHours, parts.AddHoursAsync),
            new("the charging of clients", LookAtSilence, parts.ChargeAsync) { Tell = parts.Log.ClientsNotCharged },
            new("the forgetting of what agencies keep no longer", Hourly, parts.KeepAsync) { Tell = parts.Log.NothingForgotten },
        ];

        public override IReadOnlyList<ServedApi> Serve(ModuleServices services)
        {
            var served = parts with
            {
                Check = services.Dialling.Check,
                Speech = services.Speech.Voices,
                Closing = services.Http.Pipeline.Closing,
                Browse = BrowserOf(services),
            };
            _api = new(AgencyDialect.Create(Facts.Value, served), new AgencyKeys(served, services.Http.Keys), services.Http.Limiter,
                services.Http.Pipeline, services.Http.Settings, ground.Loggers.CreateLogger<Pipeline>());
            var pages = new AgencyPages(served, _api, services.Http.Pipeline.Links);
            return [new ServedApi(_api) { MapPages = pages.Map, Pages = AgencyPages.Listed }];
        }

        /// <summary>Null where nobody in a browser is one of the lab's people.</summary>
        private static Func<TenantId, string, TimeSpan, (string Path, DateTimeOffset ExpiresAt)?>? BrowserOf(ModuleServices services)
        {
            if (services.Dialling.CreateTryLink is not { } create) return null;
            return (agency, to, lasts) => create(agency, to, lasts) is { } link ? (link.Path, link.ExpiresAt) : null;
        }

        public override async ValueTask<IReadOnlyList<JsonObject>> CheckProvidersAsync(CancellationToken stop) =>
            await parts.CheckProvidersAsync(stop);

        public override ValueTask<IReadOnlyList<CallFace>> ShowCallAsync(LegRow leg, CancellationToken stop) =>
            AskAsync(_api, "GetCall", leg, stop, ("id", leg.Uuid.ToString()));
    }
}

/// <summary>What agencies' webhooks are told, each try the same; signed by the webhook's own secret, too.</summary>
internal sealed class AgencyWebhookFormat : IWebhookFormat
{
    public string Name => OutboundText.FormatName;
    public string UserAgent => "ringwright-agency";
    public string SignatureHeader => "x-agency-ed25519-signature";
    public string TimestampHeader => "x-agency-ed25519-timestamp";
    public IReadOnlyList<TimeSpan> Waits => OutboundText.Waits;

    public byte[] Write(OutboxMessage message, int attempt, string url) => Encoding.UTF8.GetBytes(OutboundText.TextOf(message));

    public IReadOnlyList<KeyValuePair<string, string>> Headers(OutboxMessage message, bool hasBody) => OutboundText.HeadersOf(message);
}

/// <summary>Mails to users of agencies.</summary>
internal sealed class AgencyMailFormat(NodeIdentity node) : IMailFormat
{
    public string Name => PasswordMail.Format;

    public MailText Write(OutboxMessage message)
    {
        var (subject, text) = message.EventType is AlertMail.EventType ? AlertMail.Write(message) : PasswordMail.Write(node, message);
        return new(subject, text);
    }
}

/// <summary>
/// Joins agents of agencies to the agents that talk, and to the node's model, which those that think by steps do without; all other talks
/// are assistants'.
/// </summary>
/// <param name="llm">Null where no model thinks.</param>
/// <param name="others">Null where there are no assistants.</param>
internal sealed class CampaignTalkDesk(AgencyTalks talks, LlmSettings? llm, IAgentDesk? others) : IAgentDesk
{
    /// <summary>Asked for where the operator names no model: agents of agencies name none.</summary>
    public const string UsualModel = "gpt-4o-mini";

    /// <summary>Nobody else's talk is taken where there are none.</summary>
    private IAgentDesk Others => others!;

    public static IAgentDesk Of(ModuleGround ground) =>
        new CampaignTalkDesk(new(ground.Database), ground.Apis.Llm, AssistantDesk.Of(ground));

    /// <summary>Whether an agent of a campaign thinks by steps, and whether it asks for keys: asked on each of its calls.</summary>
    public static Func<Guid, LegFacts, CancellationToken, ValueTask<(bool IsScripted, bool TakesKeys)>> FormsOf(ModuleGround ground) =>
        new AgencyTalks(ground.Database).FormOfAsync;

    /// <summary>What is said before the words of a campaign's call in which no agent talks, and what these may put in.</summary>
    public static Func<Guid, Target?, LegFacts, CancellationToken, ValueTask<CampaignOpening>> OpeningsOf(ModuleGround ground) =>
        new AgencyTalks(ground.Database).OpeningOfAsync;

    public bool Takes(AgentTerms terms) => others is not null || CampaignAgent.Of(terms) is not null;

    public async ValueTask<(string? Agent, string? Fault)> OpenAsync(AgentTerms terms, LegFacts leg, Action<string> tell,
        CancellationToken stop)
    {
        if (CampaignAgent.Of(terms) is not { } agent) return await Others.OpenAsync(terms, leg, tell, stop);
        var (definition, temperature, fault) = await talks.OpenAsync(agent, terms.Conversation, leg, stop);
        if (definition is null) return (null, fault);
        if (temperature is null) return (definition.ToJsonString(), null);
        if (llm is null) return (null, "it needs a language model, and the node has none");
        var thinks = new JsonObject
        {
            ["base_url"] = llm.BaseUrl, ["name"] = llm.NameOf(UsualModel), ["temperature"] = temperature,
        };
        if (llm.KeyFile is { } file) thinks["key_file"] = file;
        definition["model"] = thinks;
        return (definition.ToJsonString(), null);
    }

    /// <summary>Nobody gives an agent of a campaign anything to know while it talks.</summary>
    public ValueTask<IReadOnlyList<KeptMessage>> ReadAsync(AgentTerms terms, LegFacts leg, AgentMessages messages,
        CancellationToken stop) => CampaignAgent.Of(terms) is null ? Others.ReadAsync(terms, leg, messages, stop) : new([]);

    public ValueTask KeepAsync(AgentTerms terms, LegFacts leg, KeptMessage message) => CampaignAgent.Of(terms) is null
        ? Others.KeepAsync(terms, leg, message)
        : talks.KeepAsync(leg, message.Role, message.Text, message.Calls, message.CallId, message.At, CampaignAgent.TakesKeys(terms),
            message.Took);

    public ValueTask KeepUnheardAsync(AgentTerms terms, LegFacts leg, DateTimeOffset at) =>
        CampaignAgent.Of(terms) is null ? Others.KeepUnheardAsync(terms, leg, at) : talks.KeepUnheardAsync(leg, at);

    public ValueTask KeepOutcomeAsync(AgentTerms terms, LegFacts leg, string outcome) =>
        CampaignAgent.Of(terms) is null ? Others.KeepOutcomeAsync(terms, leg, outcome) : talks.KeepOutcomeAsync(leg, outcome);

    public ValueTask<bool> IsSilencedAsync(AgentTerms terms, LegFacts leg, CancellationToken stop) =>
        CampaignAgent.Of(terms) is null ? Others.IsSilencedAsync(terms, leg, stop) : new(false);

    public ValueTask<bool> OptOutAsync(AgentTerms terms, LegFacts leg) =>
        CampaignAgent.Of(terms) is null ? Others.OptOutAsync(terms, leg) : talks.OptOutAsync(leg);

    public Labels? RefusalOfRecording(AgentTerms terms) =>
        CampaignAgent.Of(terms) is null ? Others.RefusalOfRecording(terms) : RecordingConsent.Refusal;

    public ValueTask<string?> SendTextAsync(AgentTerms terms, LegFacts leg, string words) =>
        CampaignAgent.Of(terms) is null ? Others.SendTextAsync(terms, leg, words) : new("Agents of campaigns send no texts.");

    public ValueTask<string> CallBackAsync(AgentTerms terms, LegFacts leg, string at) =>
        CampaignAgent.Of(terms) is null ? Others.CallBackAsync(terms, leg, at) : talks.CallBackAsync(terms.Conversation, leg, at);
}

/// <summary>Asks the node's model, or an agency's own, what calls of agencies came to.</summary>
/// <param name="name">The model, by the name that it is asked for with.</param>
internal sealed class CallJudge(ModelAsk model, string name) : ICallJudge
{
    /// <summary>Tokens of an answer; twice as many where those were too few.</summary>
    private const int MostTokens = 1_200;

    /// <summary>Null where no model thinks.</summary>
    public static CallJudge? Of(ModuleGround ground) => ground.Apis.Llm is { } llm
        ? new CallJudge(new ModelAsk(AgentWeb.Of(ground), llm.BaseUrl, llm.KeyFile) { Temperature = 0, MostTokens = MostTokens },
            llm.NameOf(CampaignTalkDesk.UsualModel))
        : null;

    public static CallJudge Of(IAgentWeb web, TenantId agency, OwnModel own) => new(new ModelAsk(web, own.BaseUrl, keyFile: null)
    {
        Temperature = 0, MostTokens = MostTokens, Key = own.Key, IsOperatorConfigured = false, Account = agency,
    }, own.Name);

    public string Model => name;

    public async ValueTask<Judgement> AskAsync(string instructions, JsonObject schema, string transcript, CancellationToken stop)
    {
        var said = await model.AskAsync(name, instructions, new Dictionary<string, string>(), schema, transcript, stop);
        return new(said.Answer, said.Fault, said.IsRefused) { CostMicros = said.CostMicros };
    }
}

/// <summary>Asks an agency's provider of voices and its carrier, within the bounds of what customers' addresses may name.</summary>
/// <param name="account">In whose name; null for nobody's.</param>
internal sealed class ProviderWeb(IAgentWeb web, TenantId? account = null) : IProviderWeb
{
    private const int MostBytes = 8 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public IProviderWeb Of(TenantId agency) => new ProviderWeb(web, agency);

    public ValueTask<ProviderAnswer> GetAsync(string url, string apiKey, CancellationToken stop) =>
        SendAsync(new("GET", url, apiKey), stop);

    public async ValueTask<ProviderAnswer> SendAsync(ProviderRequest request, CancellationToken stop)
    {
        ReadOnlyMemory<byte> body = request.Body is { } said ? Encoding.UTF8.GetBytes(said.ToJsonString()) : null;
        var answer = await web.SendAsync(new(request.Url, body)
        {
            Method = request.Method, Timeout = Patience, MaxBytes = MostBytes, Account = account,
            Headers =
            [
                new(request.IsBearer ? "authorization" : "x-api-key", request.IsBearer ? $"Bearer {request.ApiKey}" : request.ApiKey),
            ],
        }, stop);
        return new(answer.Status, answer.Fault, answer.Body);
    }
}

/// <summary>
/// Has the agent answer to whom the number is assigned that was called, and talk until it or the caller hangs up. Where nobody is assigned
/// to it the caller is told so. A call in which nobody could talk is declined: it costs the caller nothing.
/// </summary>
internal sealed class NumberAgent(Func<LegFacts, CancellationToken, ValueTask<NumberAnswer>> answerOf) : ICallProgram
{
    private const string Language = "en-US";

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        var answer = await answerOf(call.Leg, call.Stop);
        if (answer.Agent is { } agent) await TalkAsync(call, agent);
        else if (answer.IsUnassigned) await TurnAwayAsync(call, answer.Announcement);
        else await DeclineAsync(call, "no agent who can talk has the number");
        return null;        // the host hangs up
    }

    private static async ValueTask TalkAsync(IProgramCall call, Guid agent)
    {
        if (!await IsAnsweredAsync(call)) return;
        // Whoever calls by himself has no key by which he wants no more calls.
        var terms = CampaignAgent.TermsOf(Guid.CreateVersion7(), agent, takesKeys: true);
        if (!(await call.SendAsync(new LegCommand.StartAgent(terms))).IsAccepted) return;
        while (await call.NextAsync() is { } happened)
        {
            if (happened is not CallEvent.AgentEnded ended || ended.Terms.Conversation != terms.Conversation) continue;
            if (ended.Reason is AgentEnd.Transferred) await call.SitOutAsync();
            return;
        }
    }

    private static async ValueTask TurnAwayAsync(IProgramCall call, string? announcement)
    {
        const string why = "no agent has the number";
        await call.SendAsync(new LegCommand.SetLabels { Labels = UnassignedNumber.Mark });
        if (announcement is null)
        {
            await DeclineAsync(call, why);
            return;
        }
        await call.SendAsync(new LegCommand.Note(NoteKind.Warning, why));
        if (!await IsAnsweredAsync(call)) return;
        var speak = new LegCommand.Speak
        {
            Id = Guid.CreateVersion7(), Speech = new PromptSource.Speech(announcement, "", Language, IsSsml: false),
        };
        if (!(await call.SendAsync(speak)).IsAccepted) return;
        while (await call.NextAsync() is { } happened)
            if (happened is CallEvent.SpeakEnded ended && ended.Speak == speak.Id) return;
    }

    private static async ValueTask DeclineAsync(IProgramCall call, string why)
    {
        await call.SendAsync(new LegCommand.Note(NoteKind.Warning, why));
        await call.SendAsync(new LegCommand.Reject(IsBusy: false));
    }

    private static async ValueTask<bool> IsAnsweredAsync(IProgramCall call) =>
        (await call.SendAsync(new LegCommand.Answer())).IsAccepted && await call.NextAsync<CallEvent.LegAnswered>() is not null;
}
