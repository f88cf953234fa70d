using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Delivery;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Operator;
using Ringwright.Speech.Recordings;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Streams;
using Ringwright.Texml;
using Ringwright.Texml.Callbacks;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Texts;
using Ringwright.Texml.Twiml;

namespace Ringwright.Server.Modules;

/// <summary>Documents that command calls, their callbacks, and the API of those who call them TwiML.</summary>
internal sealed class TexmlModule : Module
{
    /// <summary>One for the process, for it never changes.</summary>
    private static readonly Lazy<Contract> Facts = new(TwimlContract.Read);

    public override string Name => "texml";

    public override ScriptLanguage Documents => new("texml", ["texml", "twiml"],
        (bytes, type, language) =>
        [
            .. DocumentCheck.Check(bytes.Span, type, language == "twiml" ? DocumentLanguage.Twiml : DocumentLanguage.Texml)
                .Select(finding => new ScriptFault(finding.At.Line, finding.At.Column, finding.IsError, finding.What, finding.Accepted))
        ])
    {
        FaultOf = DocumentCheck.FaultOf,
        WordsOf = static (bytes, form) =>
            [.. DocumentScript.Of(bytes.Span, form).Select(said => new ScriptWords(said.At.Line, said.At.Column, said.Text))],
        ApplicationPath = "v2/texml_applications",
        CallPath = static account => $"v2/texml/Accounts/{account}/Calls",
        Callbacks = new TexmlWebhookFormat(),
    };

    public override IReadOnlyList<IWebhookFormat> WebhookFormats => [new TexmlWebhookFormat()];

    public override LegId? FindCall(Database database, TenantId tenant, string text) => TwimlNames.FindCall(text);

    public override void Prepare() => _ = Facts.Value;

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(new Joined(ground, new()
    {
        Routing = ground.Database.Routing,
        Node = ground.Database.Node,
        Time = ground.Database.Time,
        Egress = ground.Egress,
        Records = new DocumentRecords(ground.Database),
        Links = ground.Downloads,
        Public = ground.Downloads.Public,
        Relays = ground.Apis.Relays,
        Log = ground.Loggers.CreateLogger("Ringwright.Texml"),
    }));

    private sealed class Joined(ModuleGround ground, TexmlParts parts) : JoinedModule
    {
        private static readonly TimeSpan LookAtDocuments = TimeSpan.FromMinutes(1);

        private Pipeline? _api;
        private JobRunner? _answers;

        public override bool HasWork => _answers is { HasWork: true };

        public override IReadOnlyList<IProjector> Projectors => [new TexmlProjector(parts)];

        public override IReadOnlyList<Sweep> Sweeps(Ledger ledger) =>
        [
            new("the sweep of applications that answer no number any more", LookAtDocuments,
                stop => TwimlNumberDocuments.SweepAsync(ground.Database, ground.Time, stop)),
        ];

        public override IDocumentSounds? Sounds { get; } = new DocumentSoundReader(ground.Egress, ground.Database);

        public override StreamIdentity? Identify(StreamOrder order) => parts.SpeaksTwiml(order.Leg) ? TwimlFrames.Of(order) : null;

        public override ICallProgram? CreateProgram(Application application) => parts.CreateProgram(application);

        public override IReadOnlyList<ServedApi> Serve(ModuleServices services)
        {
            parts.Transcriber = services.Speech.Transcriber;
            parts.Assistants = new(NodeModules.Assistants(ground, services));
            var twiml = TwimlParts.Of(parts, ground.Database, ground.Egress, services.RecordingFiles, services.Speech.Voices,
                services.Speech.Transcriber, new RecordingCopies()) with
            { VerificationCaller = services.Codes.Caller };
            StartAnswers(services);
            _api = new(TwimlDialect.Create(Facts.Value, twiml), services.Http.Keys, services.Http.Limiter, services.Http.Pipeline,
                services.Http.Settings, ground.Loggers.CreateLogger<Pipeline>());
            return [new ServedApi(_api)];
        }

        public override ValueTask<IReadOnlyList<CallFace>> ShowCallAsync(LegRow leg, CancellationToken stop) =>
            AskAsync(_api, "FetchCall", leg, stop, ("AccountSid", TwimlNames.Account(leg.Tenant)), ("Sid", TwimlNames.Call(leg.Id)));

        public override async ValueTask DisposeAsync()
        {
            if (_answers is { } answers) await answers.DisposeAsync();
        }

        /// <summary>Beside the other jobs, which do not wait for customers' servers.</summary>
        private void StartAnswers(ModuleServices services)
        {
            var texts = new DocumentTexts(ground.Database, ground.Egress)
            {
                Gate = services.Dialling.Gate, Holds = services.Holds, WaitOf = NodeModules.TextWaits(ground),
            };
            parts.Texts = texts;
            _answers = new(ground.Database.Jobs, ground.Database.Blobs,
                [new TextAnswers(ground.Database, ground.Egress, ground.Downloads, texts).Kind],
                TextAnswers.Options with { LongestSleep = ground.Rest ?? TimeSpan.FromSeconds(60) }, ground.Time,
                ground.Loggers.CreateLogger("Ringwright.Http"));
            _answers.Start();
        }
    }
}

/// <summary>Frames of media streams, as programs written for TwiML know them.</summary>
internal static class TwimlFrames
{
    private static readonly FrameWords Words = new()
    {
        Stream = JsonEncodedText.Encode("streamSid"),
        Number = JsonEncodedText.Encode("sequenceNumber"),
        Parameters = JsonEncodedText.Encode("customParameters"),
        Format = JsonEncodedText.Encode("mediaFormat"),
        Rate = JsonEncodedText.Encode("sampleRate"),
        Encodings = new Dictionary<string, string> { [StreamFormat.Pcmu.Encoding] = "audio/x-mulaw" }
            .ToFrozenDictionary(StringComparer.Ordinal),
        AlwaysHasParameters = true,
        LongestSeconds = FrameWords.AllThatMayWait,
        Protocol = "Call",
        KeyTrack = "inbound_track",
    };

    public static StreamIdentity Of(StreamOrder order)
    {
        var leg = order.Leg;
        string account = TwimlNames.Account(leg.Tenant), call = TwimlNames.Call(leg.Id), stream = TwimlNames.Stream(order.Id);
        var tracks = new JsonArray();
        if (order.Terms.Tracks.HasFlag(TapTracks.Said)) tracks.Add((JsonNode)"inbound");
        if (order.Terms.Tracks.HasFlag(TapTracks.Heard)) tracks.Add((JsonNode)"outbound");
        return new()
        {
            Words = Words,
            Stream = stream,
            TokenHeader = TwimlNames.StreamTokenHeader,
            Start = new() { ["accountSid"] = account, ["streamSid"] = stream, ["callSid"] = call, ["tracks"] = tracks },
            Stop = new() { ["accountSid"] = account, ["callSid"] = call },
        };
    }
}
