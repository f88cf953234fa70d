using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Campaigns.Texts;
using Ringwright.Core;
using Ringwright.Delivery;
using Ringwright.Delivery.Mails;
using Ringwright.Http;
using Ringwright.Operator;
using Ringwright.Programs;
using Ringwright.Store;
using Ringwright.Store.Areas;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;
using Ringwright.Streams;
using Ringwright.Telefonie.Messaging;
using Ringwright.Telnyx.Assistants;
using Ringwright.Telnyx.Messaging;
using Ringwright.Texml.Texts;
using Ringwright.Voipbin.Activeflows;

namespace Ringwright.Server.Modules;

/// <summary>The modules of every node, and what they bring together.</summary>
internal static class NodeModules
{
    /// <summary>In the order in which they join.</summary>
    public static readonly IReadOnlyList<Module> All = [new UpkeepModule(), new ProgramsModule(), new CampaignsModule(),
        new TelnyxModule(), new TexmlModule(), new VoipbinModule(), new TelefonieModule(), new ChakraModule(), new AgencyModule(),
        new StreamsModule(), new SpeechModule(), new UploadsModule(), new OperatorModule()];

    public static IReadOnlyList<DialectFaces> Faces => [.. All.SelectMany(module => module.Faces)];

    public static IReadOnlyList<string> SipHosts => [.. All.SelectMany(module => module.SipHosts)];

    public static IReadOnlyList<StoreArea> Areas => [.. All.SelectMany(module => module.Areas)];

    public static IReadOnlyList<ScriptLanguage> Documents => [.. All.Select(module => module.Documents).OfType<ScriptLanguage>()];

    public static IReadOnlyList<CampaignApi> Campaigns => [.. All.Select(module => module.Campaigns).OfType<CampaignApi>()];

    public static IReadOnlyList<CallApi> Calls => [.. All.Select(module => module.Calls).OfType<CallApi>()];

    /// <summary>Why a text is a document of no module; null when it is one of any, or when no module has documents.</summary>
    public static string? FaultOfDocument(string text) =>
        Documents.Select(kind => kind.FaultOf(text)) is var faults && faults.Any(fault => fault is null) ? null : faults.FirstOrDefault();

    public static IReadOnlyList<IWebhookFormat> WebhookFormats => [.. All.SelectMany(module => module.WebhookFormats)];

    public static IReadOnlyList<IMailFormat> MailFormats(Database database) =>
        [.. All.SelectMany(module => module.MailFormats(database))];

    /// <summary>The name of the API whose webhooks are answered by commands: the usual one.</summary>
    public static string Commanded => All.OfType<TelnyxModule>().Single().Name;

    /// <summary>For documents, which let the same assistants talk.</summary>
    public static AssistantParts Assistants(ModuleGround ground, ModuleServices services) => TelnyxModule.AssistantsOf(ground, services);

    /// <summary>So long a text waits for its way out of the node, whichever API sends it; null where none leads to the number.</summary>
    public static Func<string, TimeSpan?> TextWaits(ModuleGround ground) => TelnyxModule.TextsOf(ground).WaitOf;

    /// <summary>The same assistants for flows; null where no model thinks.</summary>
    public static IFlowAssistants? AssistantsOfFlows(ModuleGround ground, ModuleServices services)
    {
        if (InsightModel.Of(ground) is not { } model) return null;
        var parts = Assistants(ground, services);
        return new FlowAssistants(new(parts), new(parts, model));
    }

    /// <summary>The APIs by which a node texts. One courier sends for all of them.</summary>
    public static ITextFace Texts(Database database, DownloadLinks links) => new TextFaces(new MessageFace(database, links),
        new Dictionary<string, ITextFace>(StringComparer.Ordinal)
        {
            // Of a number that documents answer for, before the one that takes any number without a messaging profile.
            [TwimlTexts.FaceName] = new TwimlFace(database), [TelefonieTexts.FaceName] = new TelefonieFace(database),
        });

    /// <param name="loaded">Called when a snapshot was loaded.</param>
    public static SnapshotParts Snapshots(Database database, Action loaded) =>
        new(database.Snapshots, [.. All.SelectMany(module => module.SnapshotKinds(database))],
            (kind, document) => All.Select(module => module.DocumentFault(kind, document)).FirstOrDefault(fault => fault is not null),
                loaded);

    public static IReadOnlyList<Coverage> Coverages() => [.. All.Select(module => module.Coverage()).OfType<Coverage>()];

    /// <summary>What a new account is given by the modules, to be shown once.</summary>
    public static Func<Tenant, CancellationToken, ValueTask<JsonObject>> Credentials(Database database) => async (tenant, stop) =>
    {
        var all = new JsonObject();
        foreach (var module in All)
            foreach (var (name, value) in await module.CredentialsAsync(database, tenant, stop) ?? []) all[name] = value?.DeepClone();
        return all;
    };

    /// <summary>Makes somebody who looks after all agencies; null where the address is somebody's.</summary>
    public static Func<string, CancellationToken, ValueTask<JsonObject?>> Administrator(Database database) => async (email, stop) =>
    {
        foreach (var module in All)
            if (await module.AdministratorAsync(database, email, stop) is { } made) return made;
        return null;
    };

    /// <summary>What providers of accounts answer, to whatever module has asked them.</summary>
    public static async ValueTask<IReadOnlyList<JsonObject>> CheckProvidersAsync(IEnumerable<JoinedModule> modules, CancellationToken stop)
    {
        var all = new List<JsonObject>();
        foreach (var module in modules) all.AddRange(await module.CheckProvidersAsync(stop));
        return all;
    }

    private static LegId? FindCall(Database database, TenantId tenant, string text) =>
        All.Select(module => module.FindCall(database, tenant, text)).FirstOrDefault(leg => leg is not null);

    /// <summary>For the operator, who may name a call as its customer does.</summary>
    public static CallTraces Traces(Database database) => new(database, (tenant, text) => FindCall(database, tenant, text));

    public static void Prepare(IEnumerable<Module> all)
    {
        foreach (var module in all) module.Prepare();
    }

    /// <summary>All join, or none: those that did are disposed when a later one cannot.</summary>
    public static async Task<IReadOnlyList<JoinedModule>> JoinAsync(IEnumerable<Module> all, ModuleGround ground, CancellationToken stop)
    {
        var joined = new List<JoinedModule>();
        try
        {
            foreach (var module in all) joined.Add(await module.JoinAsync(ground, stop));
            return joined;
        }
        catch
        {
            foreach (var module in joined) await module.DisposeAsync();
            throw;
        }
    }

    /// <summary>A call as each API shows it to its customer, side by side.</summary>
    public static async ValueTask<IReadOnlyList<CallFace>> ShowCallAsync(IReadOnlyList<JoinedModule> joined, LegRow leg,
        CancellationToken stop)
    {
        var faces = new List<CallFace>();
        foreach (var module in joined) faces.AddRange(await module.ShowCallAsync(leg, stop));
        return faces;
    }

    public static ICallProgram? CreateProgram(IReadOnlyList<JoinedModule> joined, Application application) =>
        joined.Select(module => module.CreateProgram(application)).FirstOrDefault(program => program is not null);

    public static ApplicationTraits? TraitsOf(IReadOnlyList<JoinedModule> joined, Application application) =>
        joined.Select(module => module.TraitsOf(application)).FirstOrDefault(traits => traits is not null);

    public static ICallProgram? CreateGuest(IReadOnlyList<JoinedModule> joined, CallEvent.AgentStarted started) =>
        joined.Select(module => module.CreateGuest(started)).FirstOrDefault(program => program is not null);

    /// <summary>One module has them.</summary>
    public static IDocumentSounds Sounds(IReadOnlyList<JoinedModule> joined) =>
        joined.Select(module => module.Sounds).OfType<IDocumentSounds>().Single();

    /// <inheritdoc cref="Sounds"/>
    public static Transcribers TranscribersOf(IReadOnlyList<JoinedModule> joined) =>
        joined.Select(module => module.Transcribers).OfType<Transcribers>().Single();

    /// <summary>The last module that knows a stream's call gives its frames their words.</summary>
    public static StreamIdentity Identify(IReadOnlyList<JoinedModule> joined, StreamOrder order) =>
        joined.Select(module => module.Identify(order)).LastOrDefault(identity => identity is not null)
            ?? throw new InvalidOperationException("no module knows the stream's call");

    /// <inheritdoc cref="Sounds"/>
    public static IRecordingsElsewhere RecordingsElsewhere(IReadOnlyList<JoinedModule> joined) =>
        joined.Select(module => module.RecordingsElsewhere).OfType<IRecordingsElsewhere>().Single();

    public static IReadOnlyList<OutboxMessage> GivenUp(IReadOnlyList<JoinedModule> joined, OutboxEntry entry, DeliveryAttempt last) =>
        [.. joined.SelectMany(module => module.GivenUp(entry, last))];

    /// <summary>Has flows talk by the assistants that accounts keep by the call API.</summary>
    private sealed class FlowAssistants(DocumentAssistants calls, TaskAssistants tasks) : IFlowAssistants
    {
        public ValueTask<bool> HasAsync(TenantId account, Guid assistant, CancellationToken stop) =>
            calls.HasAsync(account, IdOf(assistant), stop);

        public ValueTask<(AgentTerms? Terms, string? Fault)> OrderAsync(LegFacts leg, Guid assistant, CancellationToken stop) =>
            calls.OrderAsync(leg, new() { ["assistant"] = new JsonObject { ["id"] = IdOf(assistant) } }, isGather: false, stop);

        public ValueTask WithdrawAsync(TenantId account, AgentTerms terms, CancellationToken stop) =>
            calls.WithdrawAsync(account, terms, stop);

        public ValueTask<(string? Text, string? Fault)> DoAsync(TenantId account, Guid assistant, string words, CancellationToken stop) =>
            tasks.DoAsync(account, IdOf(assistant), words, stop);

        public ValueTask<(string? Text, string? Fault)> SummariseAsync(TenantId account, string said, string language,
            CancellationToken stop) => tasks.SummariseAsync(account, said, language, stop);

        /// <summary>Flows have UUIDs alone.</summary>
        private static string IdOf(Guid assistant) => $"assistant-{assistant}";
    }

    /// <summary>Numbers whose texts documents answer: no rules but the node's, either.</summary>
    private sealed class TwimlFace(Database database) : ITextFace
    {
        public ValueTask<TextRules?> FindAsync(TenantId tenant, Guid profile, string number, CancellationToken stop) =>
            new(TwimlTexts.FactsOf(database.Routing.Current, tenant, profile, number) is { } facts
                ? new TextRules { IsEnabled = true, Facts = facts, Words = [] } : null);

        public IReadOnlyList<OutboxMessage> Tell(TextMessage text, TextNews news) => TwimlTexts.Tell(text);

        public IReadOnlyList<NewJob> Take(TextMessage come) => TwimlTexts.Take(come);
    }

    /// <summary>Numbers that text by Telefonie follow no rules but the node's.</summary>
    private sealed class TelefonieFace(Database database) : ITextFace
    {
        public async ValueTask<TextRules?> FindAsync(TenantId tenant, Guid profile, string number, CancellationToken stop) =>
            await TelefonieTexts.FactsAsync(database, tenant, profile, number, stop) is { } facts
                ? new() { IsEnabled = true, Facts = facts, Words = [] } : null;

        public IReadOnlyList<OutboxMessage> Tell(TextMessage text, TextNews news) => TelefonieTexts.Tell(text);
    }
}
