using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Jobs;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Account;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Numbers;

/// <summary>
/// Changes of many numbers, or their return: a job. What holds for all of them is judged when it is asked for; a number that does not take
/// it then is among those that failed, with the error that a change of it alone would have had.
/// </summary>
internal static class NumberJobs
{
    public const string Update = "update_phone_numbers", Delete = "delete_phone_numbers";
    /// <summary>Of a job's result: what became of its numbers.</summary>
    public const string Done = "successful", Failed = "failed";

    private const string RecordType = "phone_numbers_job", Numbers = "phone_numbers", Number = "phone_number", Change = "change",
        Voice = "voice", Status = "status", NotAuthorized = "10010";
    private const int Most = 1_000, MostOpen = 20, LongestId = 19, PerSecond = 50;
    private static readonly string[] Types = [Update, Delete];
    /// <summary>By the words of this API; no job expires before it is begun.</summary>
    private static readonly Dictionary<string, JobState[]> Statuses = new(StringComparer.Ordinal)
    {
        ["pending"] = [JobState.Pending], ["in_progress"] = [JobState.Running], ["completed"] = [JobState.Complete],
        ["failed"] = [JobState.Failed, JobState.Cancelled], ["expired"] = [],
    };

    public static IEnumerable<JobKind> Jobs(NumberParts parts) =>
    [
        new JobKind(Update, job => RunAsync(job, new NumberChange(job, parts.Store).UpdateAsync)),
        new JobKind(Delete, job => RunAsync(job, new NumberChange(job, parts.Store).DeleteAsync)),
    ];

    public static async ValueTask<Reply> Create(OperationContext op, NumberParts parts, string type)
    {
        var change = op.ReadObject().DeepClone().AsObject();
        TypedNumbers.Lay(change, Numbers);
        var (chosen, refusal) = await ChooseAsync(op, parts, change.Texts(Numbers));
        if (chosen is null) return op.Fail(refusal!);       // one of the two is there
        change.Remove(Numbers);
        if (type is Update && change.All(field => field.Value is JsonObject { Count: 0 }))
            return op.Fail(At("/updateable_fields", "At least one field is needed that is to be changed."));
        if (await CheckAsync(op, parts, change) is { } problem) return op.Fail(problem);
        var input = new JsonObject
        {
            [Numbers] = new JsonArray([.. chosen.Select(row => (JsonNode)new JsonObject
            {
                ["id"] = row.Id, [Number] = row.Body.Text(Number),
            })]),
            [Change] = change,
        };
        var note = op.Note("created", RecordType, "", after: new() { ["type"] = type, [Numbers] = chosen.Count });
        return await parts.Store.Jobs.AddAsync(op.Tenant, type, input, MostOpen, note, op.Stop) is { } job ? op.Ok(Show(job))
            : op.Fail(At("/base", $"{MostOpen} jobs of this account are pending or in progress: wait until one of them is done."));
    }

    public static async ValueTask<Reply> List(OperationContext op, NumberParts parts)
    {
        string[] kinds = op.List.Filter("type") is { } type ? [.. Types.Where(known => known == type)] : Types;
        var asked = ValuesOf(op, Status);
        if (asked.FirstOrDefault(status => !Statuses.ContainsKey(status)) is { } unknown)
            return op.Fail(op.Dialect.Errors.Problem(Fault.BadFilter, $"{unknown} is no status of a job.") with
            {
                Parameter = $"filter[{Status}]",
            });
        JobState[] states = asked.Count == 0 ? Enum.GetValues<JobState>() : [.. asked.SelectMany(status => Statuses[status])];
        bool isOldestFirst = op.List is { Sort: not null, IsDescending: false };
        if (ValuesOf(op, Number) is { Count: > 0 } wanted)
        {
            // Which numbers a job has only its input says; an account has few jobs, and all of them are looked at for that.
            var all = await parts.Store.Jobs.ListAsync(op.Tenant, kinds, states, isOldestFirst, 0, int.MaxValue, op.Stop);
            var fitting = all.Jobs.Where(job => Concerns(job, wanted)).ToList();
            return op.Page([.. fitting.Skip(op.List.Offset).Take(op.List.Size).Select(job => (JsonNode)Show(job))], fitting.Count);
        }
        var page = await parts.Store.Jobs.ListAsync(op.Tenant, kinds, states, isOldestFirst, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. page.Jobs.Select(job => (JsonNode)Show(job))], page.Total);
    }

    /// <summary>All that a filter is compared with, as one value or as several.</summary>
    private static IReadOnlyList<string> ValuesOf(OperationContext op, string filter) =>
        [.. op.List.Filters.Where(one => one.Path == filter).SelectMany(one => one.Values)];

    /// <summary>Of one of the numbers, which are written as they are or by their ids.</summary>
    private static bool Concerns(Job job, IReadOnlyList<string> wanted) => job.Input[Numbers]!.AsArray()     // written by Create
        .Any(number => wanted.Contains(IdOf(number!)) || wanted.Contains(number!.AsObject().Text(Number) ?? ""));

    public static async ValueTask<Reply> Get(OperationContext op, NumberParts parts) =>
        Guid.TryParse(op.Path("id"), out var id) && await parts.Store.Jobs.FindAsync(op.Tenant, id, op.Stop) is { } job
            && Types.Contains(job.Kind) ? op.Ok(Show(job)) : op.Unknown("id");

    /// <summary>Those that are named, by their ids or by themselves, or without any those that fit, of these the first thousand.</summary>
    /// <returns>One of the two.</returns>
    private static async ValueTask<(IReadOnlyList<ResourceRow>?, Problem?)> ChooseAsync(OperationContext op, NumberParts parts,
        IReadOnlyList<string> asked)
    {
        var rows = new PhoneNumberRows(parts.Store.Numbers.Rows(PhoneNumbers.View));
        if (NumberFilters.Read(op.List) is { Count: > 0 } filters)
        {
            if (asked.Count > 0) return (null, At("/" + Numbers, $"{Numbers} must be empty where a filter says which numbers are meant."));
            // The vendor's clients ask again for the others.
            var fitting = await rows.ListAsync(op.Tenant, new() { Filters = filters, Limit = Most }, op.Stop);
            return fitting.Rows.Count > 0 ? (fitting.Rows, null) : (null, At("/" + Numbers, "The filter fits no number of the account."));
        }
        if (asked.Count is 0 or > Most) return (null, At("/" + Numbers, $"{Numbers} must have 1 to {Most} numbers."));
        bool isText = asked[0].StartsWith('+');
        for (int i = 0; i < asked.Count; i++)
            if (asked[i].StartsWith('+') != isText || !IsDigits(isText ? asked[i][1..] : asked[i]))
                return (null, At("/" + Numbers, $"{Numbers} must be ids, all of them, or all numbers in +E.164 format."));
        var page = await rows.ListAsync(op.Tenant,
            new() { Filters = [new(isText ? Number : "id", "in", [.. asked.Distinct()])], Limit = Most }, op.Stop);
        var own = page.Rows.ToDictionary(row => isText ? row.Body.Text(Number) ?? "" : row.Id, StringComparer.Ordinal);
        for (int i = 0; i < asked.Count; i++)
            if (!own.ContainsKey(asked[i])) return (null, At("/" + Numbers, $"{asked[i]} is no number of this account."));
        return ([.. asked.Distinct().Select(name => own[name])], null);
    }

    private static bool IsDigits(string text) => text.Length is > 0 and <= LongestId && text.All(char.IsAsciiDigit);

    /// <summary>What is wrong for every number.</summary>
    private static async ValueTask<Problem?> CheckAsync(OperationContext op, NumberParts parts, JsonObject change)
    {
        if (PhoneNumbers.Check(op, change.DeepClone().AsObject()) is { } connection) return connection;
        if (await BillingGroups.CheckReferenceAsync(op, change, before: null, parts.Store) is { } group)
            return group with { Code = NotAuthorized };
        return change.Child(Voice) is { } voice && VoiceSettings.Check(voice) is { } fault ? fault with
        {
            Pointer = $"/{Voice}{fault.Pointer}",
        } : null;
    }

    private static ValueTask<JsonObject?> RunAsync(JobContext job, Func<string, JsonObject, ValueTask<Problem?>> step)
    {
        var (change, numbers) = (job.Input.Child(Change) ?? [], job.Input[Numbers]!.AsArray());        // written by Create
        return EachAsync(job, [.. numbers.Select(number => number!.DeepClone().AsObject())], id => step(id, change));
    }

    /// <summary>One number after the other, but for those that were tried before the job was begun again.</summary>
    /// <param name="numbers">Each with its id, as lists of what became of them show it.</param>
    public static async ValueTask<JsonObject?> EachAsync(JobContext job, IReadOnlyList<JsonObject> numbers,
        Func<string, ValueTask<Problem?>> step)
    {
        var tally = new NumberTally(job, Done, Failed, IdOf);
        List<JsonObject> left = [.. numbers.Where(number => !tally.Has(number))];
        int total = tally.Count + left.Count;
        foreach (var number in left)
        {
            var problem = await step(IdOf(number));
            if (problem is not null) number["errors"] = new JsonArray(NumberChange.Error(problem));
            await tally.AddAsync(number, problem is null, total);
        }
        return tally.Result();
    }

    private static string IdOf(JsonNode number) => number.AsObject().Text("id") ?? "";

    private static JsonObject Show(Job job)
    {
        var numbers = job.Input[Numbers]!.AsArray();        // written by Create
        bool isOver = job.State is JobState.Failed or JobState.Cancelled;
        JsonArray done = NumberTally.Of(job, Done), failed = NumberTally.Of(job, Failed);
        var tried = done.Concat(failed).Select(number => IdOf(number!)).ToHashSet();        // written by the job
        var left = new JsonArray([.. numbers.Where(number => !tried.Contains(IdOf(number!))).Select(number => number!.DeepClone())]);
        // What a job that was given up never came to has failed with it.
        if (isOver) failed = new JsonArray([.. failed.Concat(left).Select(number => number!.DeepClone())]);
        return new()
        {
            ["id"] = job.Id.ToString(),
            ["record_type"] = RecordType,
            ["type"] = job.Kind,
            ["status"] = StatusOf(job),
            [Numbers] = numbers.DeepClone(),
            ["pending_operations"] = isOver ? new JsonArray() : left,
            ["successful_operations"] = done,
            ["failed_operations"] = failed,
            ["etc"] = TelnyxTime.Micros(job.CreatedAt + TimeSpan.FromSeconds(1 + numbers.Count / PerSecond)),
            ["created_at"] = TelnyxTime.Micros(job.CreatedAt),
            ["updated_at"] = TelnyxTime.Micros(job.UpdatedAt),
        };
    }

    public static string StatusOf(Job job) => job.State switch
    {
        JobState.Pending => "pending",
        JobState.Running => "in_progress",
        JobState.Complete => "completed",
        _ => "failed",
    };

    private static Problem At(string pointer, string detail) => new(VoiceErrors.BadRequest, detail) { Pointer = pointer };
}
