using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Operator;

/// <summary>Administrators of agencies, who sign in at the agency's API and see all of them.</summary>
internal static class AgencyAdministrators
{
    public const string RecordType = "administrator";

    /// <summary>With a first password, which is shown here and nowhere else.</summary>
    public static async ValueTask<Reply> Create(OperationContext op, OperatorParts parts)
    {
        if (Fields.Unknown(op, RecordType) is { Count: > 0 } unknown) return op.Fail(unknown);
        string email = ((string)op.ReadObject()["email"]!).Trim();       // required
        if (!email.Contains('@', StringComparison.Ordinal) || email.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            return op.Invalid("/email", "invalid", "email is an address such as anna@example.com");
        if (await parts.Accounts.Administrator(email, op.Stop) is not { } made)
            return op.Fail(Fault.Duplicate, $"somebody signs in by {email} already");
        var shown = new JsonObject { ["record_type"] = RecordType };
        foreach (var (member, value) in made) shown[member] = value?.DeepClone();
        return op.Created(shown);
    }
}
