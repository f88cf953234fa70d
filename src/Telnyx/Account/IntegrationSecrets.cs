using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Account;

/// <summary>List, create and delete. Credentials of other services under a name; they are stored sealed and never shown.</summary>
internal static class IntegrationSecrets
{
    private const int LongestIdentifier = 255, LongestSecret = 4_096;

    private static readonly string[] All = ["token", "username", "password"];

    public static readonly ResourceKind Kind = new("integration_secret")
    {
        Unique = ["identifier"],
        Secrets = All,
        Validate = (_, body, _) => new(Check(body)),
    };

    private static Problem? Check(JsonObject body)
    {
        if (body.Text("identifier") is not { } identifier || identifier.Trim().Length is 0 or > LongestIdentifier)
            return At("identifier", VoiceErrors.BadLength, $"identifier must have 1 to {LongestIdentifier} characters.");
        string type = body.Text("type") ?? "";
        string[] needed = type is "bearer" ? ["token"] : ["username", "password"];
        foreach (string field in needed)
        {
            if (body.Filled(field) is not { } secret)
                return At(field, VoiceErrors.MissingParameter, $"A secret of type {type} needs {field}.");
            if (secret.Length > LongestSecret)
                return At(field, VoiceErrors.BadLength, $"{field} may have at most {LongestSecret} characters.");
        }
        foreach (string field in All.Except(needed)) body.Remove(field);
        return null;
    }

    private static Problem At(string field, string code, string detail) => new(code, detail) { Pointer = "/" + field };
}
