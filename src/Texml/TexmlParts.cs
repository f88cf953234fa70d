using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Assistants;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;
using Ringwright.Texml.Texts;
using Ringwright.Texml.Twiml;

namespace Ringwright.Texml;

/// <summary>What documents work with.</summary>
public sealed record TexmlParts
{
    public required IRouting Routing { get; init; }
    /// <summary>Whose tokens name calls.</summary>
    public required NodeIdentity Node { get; init; }
    /// <summary>What documents wait by.</summary>
    public required TimeProvider Time { get; init; }
    public required IEgress Egress { get; init; }
    public required IDocumentRecords Records { get; init; }
    public required DownloadLinks Links { get; init; }
    /// <summary>Where the node is reached from outside.</summary>
    public required PublicLinks Public { get; init; }
    public required ILogger Log { get; init; }
    /// <summary>Where talks are ordered that customers' programs think for.</summary>
    public RelayOrders Relays { get; init; } = new();
    internal Ids Ids => field ??= new(Node);
    internal DialledCalls Dialled { get; } = new();
    internal WaitingCalls Waiting { get; } = new();
    /// <summary>Calls that ask for the code that proves a number.</summary>
    internal CallerIdValidations Validations { get; } = new();
    internal TwimlSids Sids => field ??= new(Node);
    private TexmlLanguage Texml => field ??= new(Ids, Links, Time);
    private TwimlLanguage Twiml => field ??= new(Public, Sids);
    private PlainLanguage Plain => field ??= new(Public, Sids);

    /// <summary>Says who can be asked to listen; null until the node serves, when nobody is asked whether he can.</summary>
    public ITranscriber? Transcriber { get; set; }

    /// <summary>Null where no assistant talks, and until the node serves.</summary>
    public DocumentAssistants? Assistants { get; set; }

    /// <summary>Sends texts that documents of calls ask for; null until the node serves, and where nothing is sent.</summary>
    public DocumentTexts? Texts { get; set; }

    /// <summary>The one that calls of this application speak.</summary>
    internal Language LanguageOf(Application application) => application == Application.PlainDocument ? Plain
        : TwimlLanguage.IsSpokenBy(application) ? Twiml : Texml;

    /// <summary>The one that is spoken of something that has labels: as they say, else as its call's application does.</summary>
    internal Language LanguageOf(Labels? labels, Application? application = null) =>
        labels?[TexmlLabels.Language] is TwimlLanguage.Target || application is not null && TwimlLanguage.IsSpokenBy(application)
            ? Twiml : Texml;

    /// <summary>What is told of this call is told as TwiML has it.</summary>
    public bool SpeaksTwiml(LegFacts leg) => LanguageOf(leg.Application).IsTwiml || LanguageOf(leg.Labels).IsTwiml;

    /// <summary>The connection of the call names its document, or whoever placed it did; no other document dialled it.</summary>
    internal static bool IsOfConnection(Application application) =>
        application.Target is "" or TwimlLanguage.Target or TwimlLanguage.NumberTarget || application == Application.PlainDocument;

    /// <summary>A new program for a call of this application; null when it is none of documents.</summary>
    public ICallProgram? CreateProgram(Application application)
    {
        if (application.Kind is not ApplicationKind.Document) return null;
        if (IsOfConnection(application)) return new DocumentProgram(this);
        if (application == Application.Participant || application.Target is TwimlLanguage.ParticipantTarget)
            return new ParticipantProgram(this);
        if (application.Target is TwimlLanguage.ValidationTarget) return new ValidationProgram(Validations);
        return Dialled.Find(application.Target) is { } dialled ? new DialledProgram(dialled, this) : null;
    }
}
