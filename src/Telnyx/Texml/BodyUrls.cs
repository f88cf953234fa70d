using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>URLs of customers that a body names, with their methods and the events that they want, to be kept as labels.</summary>
internal sealed class BodyUrls(OperationContext op, VoiceParts parts, VoiceBody body)
{
    public static readonly string[] Progress = ["initiated", "ringing", "answered", CallStatus.Completed];
    private const string Absent = "absent", Failed = "failed", SendUrl = "SendRecordingUrl";

    public static readonly string[] RecordingEvents = ["in-progress", CallStatus.Completed, Absent, Failed];

    /// <summary>Several are separated by blanks or commas. The contract's example of a call has the first word misspelt.</summary>
    public IReadOnlyList<string> Events(string field, string[] known, string usual)
    {
        string[] said = (body.Text(field) ?? usual).Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries);
        string[] events = [.. said.Select(word => word is "iniated" ? "initiated" : word)];
        if (!events.All(known.Contains)) body.Refuse(VoiceErrors.BadRequest, field, $"{field} has words of {string.Join(", ", known)}.");
        return events.Length > 0 ? events : usual.Length > 0 ? [usual] : [];
    }

    /// <summary>As <see cref="TexmlLabels.Of"/> writes it; null where the field is not there.</summary>
    public async ValueTask<string?> CallbackAsync(string field, IReadOnlyList<string> events) =>
        await UrlAsync(field, TargetUse.Webhook) is { } url ? TexmlLabels.Of(Method(field + "Method"), events, url) : null;

    /// <summary>Labels of a recording's plan. The contract: failed and absent are synonymous.</summary>
    public async ValueTask<Labels> RecordingAsync(string source, string field = "RecordingStatusCallback")
    {
        var events = Events(field + "Event", RecordingEvents, CallStatus.Completed)
            .Select(word => word is Failed ? Absent : word).Distinct();
        bool tellsUrl = !body.Has(SendUrl) || body.Flag(SendUrl);
        return RecordingSource.Of(source, await CallbackAsync(field, [.. events, .. tellsUrl ? [] : new[] { TexmlLabels.WithoutUrl }]));
    }

    public async ValueTask<string?> UrlAsync(string field, TargetUse use)
    {
        if (body.Text(field) is not { Length: > 0 } url) return null;
        if (await parts.Egress.CheckUrlAsync(url, use, op.Stop) is { IsAllowed: false } verdict)
            body.Refuse(VoiceErrors.InvalidUrl, field, verdict.Detail ?? $"{field} is no URL that may be used.");
        return url;
    }

    public string Method(string field) => body.Text(field) is "GET" ? "GET" : "POST";
}
