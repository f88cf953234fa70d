using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;
using static Ringwright.Telnyx.Connections.ConnectionRules;

namespace Ringwright.Telnyx.Connections;

/// <summary>User names and passwords of SIP users: those that customers choose, and those that we make.</summary>
internal static class SipUserRules
{
    private const int ShortestPassword = 8, LongestPassword = 128;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static Problem? Check(OperationContext op, JsonObject body, ResourceRow? before) =>
        CheckName(op, body, before) ?? CheckPassword(body);

    /// <summary>
    /// Of equipment for which we make what its account does not choose. What we made passes; a name that rested, while calls came in
    /// otherwise, may have been taken by another meanwhile.
    /// </summary>
    public static Problem? CheckChosen(OperationContext op, JsonObject body, ResourceRow? before)
    {
        var given = op.ReadObject().Filled("user_name");
        bool isMade = body.Text("user_name")?.StartsWith(SipUserName.GeneratedPrefix, StringComparison.OrdinalIgnoreCase) is true
            && (given is null || given == before?.Body.Text("user_name"));
        return (isMade ? null : CheckName(op, body, before)) ?? CheckPassword(body);
    }

    public static string NewName() => SipUserName.GeneratedPrefix + RandomNumberGenerator.GetString(Letters, 30);

    public static string NewPassword() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private static Problem? CheckName(OperationContext op, JsonObject body, ResourceRow? before)
    {
        const string Pointer = "/user_name";
        string name = body.Text("user_name") ?? "";
        if (name.Length is < SipUserName.Shortest or > SipUserName.Longest)
            return At(Pointer, VoiceErrors.BadLength, $"user_name must have {SipUserName.Shortest} to {SipUserName.Longest} characters.");
        if (SipUserName.Fault(name, isCallable: body.Text("sip_uri_calling_preference") is "internal" or "unrestricted") is { } fault)
            return At(Pointer, VoiceErrors.BadRequest, $"user_name {fault}");
        return op.Routing.Sip.FindUser(name) is { } owner && !(owner.Tenant == op.Tenant && owner.Connection.ToString() == before?.Id)
            ? At(Pointer, VoiceErrors.BadRequest, "user_name has already been taken.") : null;
    }

    private static Problem? CheckPassword(JsonObject body)
    {
        string password = body.Text("password") ?? "";
        if (password.Length is < ShortestPassword or > LongestPassword)
            return At("/password", VoiceErrors.BadLength, $"password must have {ShortestPassword} to {LongestPassword} characters.");
        return password.Any(char.IsControl) ? At("/password", VoiceErrors.BadRequest, "password may not hold control characters.") : null;
    }
}
