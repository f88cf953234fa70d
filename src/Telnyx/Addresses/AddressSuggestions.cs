using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Addresses;

/// <summary>How an address of the account would be written, and that it is from now on.</summary>
internal static class AddressSuggestions
{
    private const string Named = "id";
    private const int Tries = 5;

    public static async ValueTask<Reply> Accept(OperationContext op, Database store)
    {
        var rows = store.Documents.Rows(PostalAddresses.Kind);
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            if (await rows.FindAsync(op.Tenant, op.Path(Named), op.Stop) is not { } row) return op.Unknown(Named);
            var suggested = AddressForm.Suggested(row.Body);
            var changed = suggested.Where(field => field.Value!.GetValue<string>() != row.Body.Text(field.Key)).ToList();
            if (changed.Count == 0) return op.Unknown(Named, "Nothing is suggested for this address: it is written as it should be.");
            string id = IdOf(row, suggested);
            if (op.ReadObject().Filled(Named) is { } named && named != row.Id && named != id)
                return op.Invalid("/" + Named, VoiceErrors.BadRequest,
                    $"{Named} must be that of the address, or of what is suggested for it.");
            var body = row.Body.DeepClone().AsObject();
            foreach (var (field, value) in changed) body[field] = value!.DeepClone();
            var note = op.Note("updated", PostalAddresses.RecordType, row.Id, before: row.Body, after: body);
            var outcome = await rows.UpdateAsync(row with { Body = body, UpdatedAt = op.Now }, new UnitOfWork { Note = note }, op.Stop);
            if (outcome is WriteOutcome.Stale) continue;
            return outcome is not WriteOutcome.Done ? op.Unknown(Named)
                : op.Ok(new JsonObject { [Named] = id, ["record_type"] = "address_suggestion", ["accepted"] = true });
        }
        return op.Fail(Fault.Conflict);
    }

    /// <summary>The contract gives suggestions ids; there is one for an address as it stands.</summary>
    private static string IdOf(ResourceRow row, JsonObject suggested) =>
        NamedUuid.Of($"{row.Tenant}\n{row.Id}\n{suggested.ToJsonString()}").ToString();
}
