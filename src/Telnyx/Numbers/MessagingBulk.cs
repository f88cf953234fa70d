using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Jobs;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Numbers;

/// <summary>Puts many numbers on a messaging profile, or takes them off: a job, which can be looked at while it is done.</summary>
internal static class MessagingBulk
{
    private const string RecordType = "messaging_numbers_bulk_update", AccountLimit = "10039", Numbers = "numbers",
        Success = "success", Failed = "failed";
    private const int Most = 1_000, MostOpen = 20, Tries = 5;

    public static JobKind Job(NumberParts parts) => new(RecordType, job => DoAsync(job, parts));

    public static async ValueTask<Reply> Create(OperationContext op, NumberParts parts)
    {
        var body = op.ReadObject();
        UuidFields.Lay(body, MessagingSettings.Profile);
        int count = body.Texts(Numbers).Count;
        if (count is 0 or > Most) return op.Invalid("/" + Numbers, VoiceErrors.BadRequest, $"{Numbers} must have 1 to {Most} numbers.");
        if (await MessagingSettings.CheckProfileAsync(op.Tenant, body.Text(MessagingSettings.Profile), parts.Store, op.Stop) is { } what)
            return op.Invalid("/" + MessagingSettings.Profile, VoiceErrors.BadRequest, what);
        var note = op.Note("created", RecordType, "", after: body.DeepClone().AsObject());
        return await parts.Store.Jobs.AddAsync(op.Tenant, RecordType, body, MostOpen, note, op.Stop) is { } job ? op.Ok(Show(job))
            : op.Fail(new Problem(AccountLimit, $"{MostOpen} jobs of this account are under way: wait until one of them is done."));
    }

    public static async ValueTask<Reply> Get(OperationContext op, NumberParts parts) =>
        Guid.TryParse(op.Path("order_id"), out var id) && await parts.Store.Jobs.FindAsync(op.Tenant, id, op.Stop) is { } job
            && job.Kind == RecordType ? op.Ok(Show(job)) : op.Unknown("order_id");

    /// <summary>What is done twice has the same end.</summary>
    private static async ValueTask<JsonObject?> DoAsync(JobContext job, NumberParts parts)
    {
        string? profile = job.Input.Filled(MessagingSettings.Profile);
        var (rows, numbers) = (MessagingSettings.Rows(parts.Store), job.Input.Texts(Numbers).Distinct().ToList());
        // The profile may have gone since it was asked for.
        bool isThere = await MessagingSettings.CheckProfileAsync(job.Tenant, profile, parts.Store, job.Stop) is null;
        var tally = new NumberTally(job, Success, Failed, TextOf);
        foreach (string number in numbers)
        {
            JsonNode shown = JsonValue.Create(number);
            if (tally.Has(shown)) continue;
            bool isDone = isThere && await PutAsync(job, rows, number, profile, parts.Store.Time.GetUtcNow());
            await tally.AddAsync(shown, isDone, numbers.Count);
        }
        return tally.Result();
    }

    private static string TextOf(JsonNode number) => number.GetValue<string>();

    private static async ValueTask<bool> PutAsync(JobContext job, MessagingSettingsRows rows, string number, string? profile,
        DateTimeOffset at)
    {
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            if (!number.StartsWith('+') || await rows.FindAsync(job.Tenant, number, job.Stop) is not { } row) return false;
            if (row.Body.Filled(MessagingSettings.Profile) == profile) return true;
            var body = row.Body.DeepClone().AsObject();
            body[MessagingSettings.Profile] = profile;
            var outcome = await rows.UpdateAsync(row with { Body = body, UpdatedAt = at }, null, job.Stop);
            if (outcome is not WriteOutcome.Stale) return outcome is WriteOutcome.Done;
        }
        return false;
    }

    private static JsonObject Show(Job job)
    {
        bool isOver = job.State is JobState.Failed or JobState.Cancelled;
        JsonArray success = NumberTally.Of(job, Success), failed = NumberTally.Of(job, Failed);
        var tried = success.Concat(failed).Select(number => TextOf(number!)).ToHashSet();        // written by the job
        List<string> left = [.. job.Input.Texts(Numbers).Distinct().Where(number => !tried.Contains(number))];
        // What a job that was given up never came to has failed with it.
        if (isOver)
            foreach (string number in left) failed.Add((JsonNode)number);
        return new()
        {
            ["record_type"] = RecordType,
            ["order_id"] = job.Id.ToString(),
            ["pending"] = isOver ? new JsonArray() : new JsonArray([.. left.Select(number => (JsonNode)number)]),
            [Success] = success,
            [Failed] = failed,
        };
    }
}
