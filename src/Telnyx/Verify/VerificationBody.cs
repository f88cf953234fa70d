using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Verify;

/// <summary>A code that was sent as this API shows it.</summary>
internal static class VerificationBody
{
    public const string RecordType = "verification";

    /// <param name="customCode">Shown to whoever has just chosen it, and to nobody later.</param>
    public static JsonObject Of(SentCode code, string? customCode = null) => new()
    {
        ["id"] = code.Id.ToString(),
        ["record_type"] = RecordType,
        ["type"] = VerifyProfiles.ChannelOf(code.Way),
        ["phone_number"] = code.Number,
        ["verify_profile_id"] = code.Profile.ToString(),
        ["status"] = SnakeName.Of(code.State),
        ["custom_code"] = customCode,
        ["timeout_secs"] = code.TimeoutSecs,
        ["created_at"] = Time(code.CreatedAt),
        ["updated_at"] = Time(code.UpdatedAt),
    };

    /// <summary>UTC with microseconds and without a zone, as records of this family have it.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}
