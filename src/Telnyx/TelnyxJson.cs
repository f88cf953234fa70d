using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ringwright.Telnyx;

/// <summary>How JSON is written in webhooks: no needless escapes, so that "+1555" stays readable.</summary>
internal static class TelnyxJson
{
    public static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
