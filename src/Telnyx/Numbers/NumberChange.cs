using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Numbers;

/// <summary>Changes one number of many as a request for it alone would. What is done twice has the same end.</summary>
internal sealed class NumberChange(JobContext job, Database store)
{
    private const string RecordType = "phone_number", Connection = "connection_id";
    private const int Tries = 5;
    private static readonly Lazy<ErrorCatalogue> Errors = new(TelnyxContract.ReadErrors);

    private readonly IResourceRows _rows = store.Numbers.Rows(PhoneNumbers.View);

    /// <summary>A problem as lists of what failed show it.</summary>
    public static JsonNode Error(Problem problem) => new JsonObject
    {
        ["code"] = problem.Code, ["title"] = Errors.Value.Find(problem.Code)?.Title ?? problem.Code, ["detail"] = problem.Detail,
    };

    /// <returns>Null when it is done.</returns>
    public ValueTask<Problem?> UpdateAsync(string id, JsonObject change) => TryAsync(id, Missing, async row =>
    {
        var body = row.Body.DeepClone().AsObject();
        foreach (var (name, value) in change)
        {
            if (name is VoiceSettingsRows.Field) continue;
            // The empty text detaches the number.
            if (name is Connection && change.Text(name) is "") body.Remove(name);
            else body[name] = value?.DeepClone();
        }
        if (change.Child(VoiceSettingsRows.Field) is { } voice)
        {
            var before = row.Body.Child(VoiceSettingsRows.Field) ?? [];
            var settings = before.DeepClone().AsObject();
            VoiceSettings.Merge(settings, voice);
            if (VoiceSettings.FaultOf(settings, before, row.Body.Text("phone_number"), store.Routing.Current) is { } fault)
                return (WriteOutcome.Done, fault);
            body[VoiceSettingsRows.Field] = settings;
        }
        // A job that is begun again finds what it has done: that is not written twice, and is in the trail once.
        if (JsonNode.DeepEquals(body, row.Body)) return (WriteOutcome.Done, null);
        var now = store.Time.GetUtcNow();
        return (await _rows.UpdateAsync(row with { Body = body, UpdatedAt = now }, Work("updated", row, body), job.Stop), null);
    });

    /// <summary>One that is gone already was given back by the same job, before it was begun again.</summary>
    /// <inheritdoc cref="UpdateAsync"/>
    public ValueTask<Problem?> DeleteAsync(string id, JsonObject change) => TryAsync(id, missing: null, async row =>
    {
        if (row.Body.Text("status") is PhoneNumbers.PortedOut) return (WriteOutcome.Done, PhoneNumbers.Gone);
        var work = Work("deleted", row, after: null) with { Documents = [ReturnedNumbers.Of(row, store.Time.GetUtcNow())] };
        return (await _rows.DeleteAsync(job.Tenant, id, work, job.Stop), null);
    });

    private static Problem Missing => new("10005", "The number is no longer one of this account.");

    /// <param name="change">Tries it; with a fault nothing was written.</param>
    private async ValueTask<Problem?> TryAsync(string id, Problem? missing,
        Func<ResourceRow, ValueTask<(WriteOutcome Outcome, Problem? Fault)>> change)
    {
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            if (await _rows.FindAsync(job.Tenant, id, job.Stop) is not { } row) return missing;
            var (outcome, fault) = await change(row);
            if (fault is not null) return fault;
            switch (outcome)
            {
                case WriteOutcome.Done: return null;
                case WriteOutcome.Missing: return missing;
                case WriteOutcome.Stale: continue;
                default: return new("10021", "The number is in use by another resource.");
            }
        }
        return new("10021", "Others were changing the number.");
    }

    /// <summary>Who asked for the job is in the trail with the job.</summary>
    private UnitOfWork Work(string change, ResourceRow row, JsonObject? after) => new()
    {
        Note = new()
        {
            Tenant = job.Tenant, At = store.Time.GetUtcNow(), By = AuditActor.Node, Change = change, RecordType = RecordType,
            ResourceId = row.Id, Before = row.Body, After = after,
        },
    };
}
