using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Texml.Languages;

/// <summary>
/// What requests and callbacks say where the two languages of documents differ: how calls and what belongs to them are named, and what is
/// told of them. Which one a call speaks stands in its application.
/// </summary>
internal abstract class Language
{
    /// <summary>Attributes are read as TwiML has them.</summary>
    public abstract bool IsTwiml { get; }

    /// <summary>A number of North America may be written without its country.</summary>
    public virtual bool TakesNationalNumbers => IsTwiml;

    /// <summary>A Dial records the caller's leg, of which the recording is then; else that of who was dialled.</summary>
    public virtual bool RecordsCaller => IsTwiml;

    /// <summary>The action of a Gather hears which key ended the entry.</summary>
    public virtual bool TellsFinishingKey => IsTwiml;

    /// <summary>Requests for documents carry a signature by the account's token.</summary>
    public virtual bool IsSigned => IsTwiml;

    /// <summary>The status of a call that is over.</summary>
    public abstract string Ended(CallEvent.LegEnded ended);

    /// <summary>What every request says of the call.</summary>
    public abstract List<KeyValuePair<string, string>> OfCall(LegFacts leg, string status);

    /// <summary>What requests for documents say of the headers that the call came with, as far as customers see them.</summary>
    public virtual IEnumerable<KeyValuePair<string, string>> OfHeaders(LegFacts leg) =>
        leg.Direction is not Direction.Inbound ? [] : Headers("SipHeader_", leg.Headers);

    /// <summary>What the document that is for who was dialled alone is told of his answer.</summary>
    public virtual IEnumerable<KeyValuePair<string, string>> OfAnswer(SipAnswer? answer) => [];

    /// <summary>The first of each name.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Headers(string prefix, IEnumerable<CustomSipHeader> headers) =>
        headers.DistinctBy(header => header.Name, StringComparer.OrdinalIgnoreCase)
            .Select(header => new KeyValuePair<string, string>(prefix + header.Name, header.Value));

    /// <summary>What the trunk that brought the call says of its caller: in requests for documents, and in the first callback.</summary>
    public abstract IEnumerable<KeyValuePair<string, string>> OfAttestation(CallerAttestation? attestation);

    /// <summary>What requests for documents say of the INVITE of a call of the account's own equipment.</summary>
    public virtual IEnumerable<KeyValuePair<string, string>> OfOrigin(LegFacts leg, SipOrigin? origin) => [];

    public abstract string Account(TenantId tenant);

    public abstract string Call(TenantId tenant, LegId leg);

    public abstract string Conference(Guid conference);

    public abstract string Recording(Guid recording);

    /// <summary>What was written down of a recording.</summary>
    public virtual string Text(Guid transcription) => transcription.ToString();

    /// <summary>Where that is read by the API; null where the language has no word for it.</summary>
    public virtual string? TextUrl(TenantId tenant, Guid transcription) => null;

    /// <summary>What callbacks of a saved recording tell beside the rest.</summary>
    public virtual IEnumerable<KeyValuePair<string, string>> OfRecording(RecordPlan plan, DateTimeOffset beganAt) => [];

    public abstract string Queue(TenantId tenant, string name);

    public abstract string Stream(Guid stream);

    public abstract string Siprec(Guid session);

    /// <summary>One that a customer's program has with the caller.</summary>
    public abstract string Talk(Guid conversation);

    /// <summary>What that program is told first.</summary>
    public abstract IEnumerable<KeyValuePair<string, string>> OfTalk(LegFacts leg, Guid conversation);

    /// <summary>Names of messages begin small.</summary>
    protected static KeyValuePair<string, string> Said(string name, string? value) =>
        new(JsonNamingPolicy.CamelCase.ConvertName(name), value ?? "");

    /// <summary>Where a recording is to be had. The name does not matter to a link that is signed with it.</summary>
    public abstract string RecordingUrl(TenantId tenant, Guid recording, string file);

    /// <summary>
    /// The recording that such a URL is of, whatever host it begins with: the node is called by several, and asks itself by none. Null for
    /// any other URL.
    /// </summary>
    public abstract Guid? RecordingOf(TenantId tenant, string url);

    /// <summary>What stands behind this in the path of a URL, up to the next slash or dot; null where it is no part of the path.</summary>
    protected static string? Behind(string url, string part)
    {
        int end = url.AsSpan().IndexOfAny('?', '#');
        string path = end < 0 ? url : url[..end];
        int at = path.IndexOf(part, StringComparison.Ordinal);
        if (at < 0) return null;
        string rest = path[(at + part.Length)..];
        int next = rest.AsSpan().IndexOfAny('/', '.');
        return next < 0 ? rest : rest[..next];
    }

    public abstract string Time(DateTimeOffset at);

    /// <summary>What a request for a document tells, under this language's names.</summary>
    public virtual IReadOnlyList<KeyValuePair<string, string>> Told(IReadOnlyList<KeyValuePair<string, string>> parameters) => parameters;

    /// <summary>A call, by this name and by those beside it.</summary>
    public abstract IEnumerable<KeyValuePair<string, string>> Named(string name, string call);

    /// <summary>What the last callback of a call tells of it beside the rest.</summary>
    public abstract IEnumerable<KeyValuePair<string, string>> OfEnd(CallEvent.LegEnded ended, DateTimeOffset at, DateTimeOffset startedAt);

    /// <summary>Of recordings for which a document names none.</summary>
    public abstract RecordFormat UsualFormat { get; }
}
