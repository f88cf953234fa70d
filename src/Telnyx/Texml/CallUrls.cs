using System.Text;
using System.Xml;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>Where a call's documents come from and where its callbacks go, as the body of a request says, to be kept as labels.</summary>
internal sealed class CallUrls(OperationContext op, VoiceParts parts, VoiceBody body)
{
    /// <summary>
    /// Of a document in a body, which its call carries until it takes it. TwiML's may have 4,000 characters, of two bytes where it is
    /// spoken in Greek or Russian; the rest of what a call carries is for URLs.
    /// </summary>
    private const int MostTextBytes = 7 * 1_024;

    private readonly BodyUrls _urls = new(op, parts, body);

    /// <summary>Of a new call.</summary>
    /// <param name="application">Null where none places it.</param>
    public async ValueTask<Labels> OfNewAsync(Connection? application, DialRequest request)
    {
        var order = await OrderAsync("UrlMethod");
        if (order is null && string.IsNullOrEmpty(application?.WebhookUrl))
            body.Refuse(VoiceErrors.MissingParameter, "Url", "The application has no voice_url: the call needs a Url or a Texml.");
        return request.Labels.With(Labels.Of(
        [
            (TexmlLabels.Document, order?.ToString()),
            (TexmlLabels.Fallback, await TargetAsync("FallbackUrl", "FallbackMethod", TargetUse.Document)),
            (TexmlLabels.Status, await StatusAsync()),
            .. await DetectionAsync(request),
        ]));
    }

    /// <summary>How the call goes.</summary>
    public async ValueTask<string?> StatusAsync() => await _urls.CallbackAsync("StatusCallback",
        _urls.Events("StatusCallbackEvent", BodyUrls.Progress, CallStatus.Completed));

    /// <summary>With where callbacks of it go; null for none.</summary>
    public async ValueTask<RecordPlan?> OfRecordingAsync(RecordPlan? plan) =>
        plan is null ? null : plan with { Labels = await _urls.RecordingAsync(RecordingSource.Outbound) };

    /// <summary>Of a change of a call.</summary>
    public async ValueTask<Labels> OfChangeAsync(Labels before)
    {
        string[] events = CallbackTarget.Read(before[TexmlLabels.Status])?.Events.ToArray() ?? [CallStatus.Completed];
        return Labels.Of(
            (TexmlLabels.Document, (await OrderAsync("Method"))?.ToString()),
            (TexmlLabels.Fallback, await TargetAsync("FallbackUrl", "FallbackMethod", TargetUse.Document)),
            (TexmlLabels.Status, await _urls.CallbackAsync("StatusCallback", events)));
    }

    /// <summary>Texml comes before Url; null where there is neither.</summary>
    private async ValueTask<DocumentOrder?> OrderAsync(string method)
    {
        if (body.Text("Texml") is { Length: > 0 } text)
        {
            if (Encoding.UTF8.GetByteCount(text) > MostTextBytes)
                body.Refuse(VoiceErrors.BadLength, "Texml", $"Texml may have at most {MostTextBytes} bytes; longer documents need a Url.");
            else if (FaultOf(text) is { } fault) body.Refuse(VoiceErrors.BadRequest, "Texml", $"Texml is no document: {fault}.");
            return DocumentOrder.OfText(NewSerial(), text);
        }
        return await _urls.UrlAsync("Url", TargetUse.Document) is { } url ? DocumentOrder.OfUrl(NewSerial(), _urls.Method(method), url)
            : null;
    }

    private static string NewSerial() => Guid.CreateVersion7().ToString("N");

    private async ValueTask<(string, string?)[]> DetectionAsync(DialRequest request)
    {
        if (request.MachineDetection is null) return [];
        bool isOfEnd = body.Text("MachineDetection") is "DetectMessageEnd";
        if (!body.Flag("AsyncAmd")) return [(TexmlLabels.AwaitsDetection, isOfEnd ? "end" : "verdict")];
        return [(TexmlLabels.Detection, await _urls.CallbackAsync("AsyncAmdStatusCallback", isOfEnd ? ["amd", "end"] : ["amd"]))];
    }

    private async ValueTask<string?> TargetAsync(string field, string method, TargetUse use) =>
        await _urls.UrlAsync(field, use) is { } url ? $"{_urls.Method(method)} {url}" : null;

    /// <summary>As part of a sentence; null for a document.</summary>
    private static string? FaultOf(string text)
    {
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
            // As whoever runs it reads it.
            using var reader = XmlReader.Create(new StringReader(text.TrimStart('\uFEFF')), settings, SpeechPrefixes.Declare());
            if (reader.MoveToContent() is not XmlNodeType.Element || reader.LocalName != "Response") return "its root is not Response";
            while (reader.Read()) { }
            return null;
        }
        catch (XmlException bad)
        {
            return bad.Message.TrimEnd('.');
        }
    }
}
