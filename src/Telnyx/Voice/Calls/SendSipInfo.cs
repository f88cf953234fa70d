using System.Net.Http.Headers;
using System.Text;
using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class SendSipInfo
{
    public static LegCommand Map(VoiceBody body)
    {
        string type = body.Text("content_type") ?? "", text = body.Text("body") ?? "";
        if (type.Length > VoiceLimits.InfoTypeLength || !IsOneLine(type) || !MediaTypeHeaderValue.TryParse(type, out _))
            body.Refuse(VoiceErrors.BadRequest, "content_type",
                $"content_type must be a media type such as application/json, of at most {VoiceLimits.InfoTypeLength} characters.");
        if (text.Length == 0 || Encoding.UTF8.GetByteCount(text) > VoiceLimits.InfoBytes)
            body.Refuse(VoiceErrors.BadLength, "body", $"body must have 1 to {VoiceLimits.InfoBytes} bytes.");
        return new LegCommand.SendInfo(type, text) { CommandId = body.CommandId(), Labels = body.Labels() };
    }

    /// <summary>It becomes a SIP header.</summary>
    private static bool IsOneLine(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
