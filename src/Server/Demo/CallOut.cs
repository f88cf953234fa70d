using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Demo;

/// <summary>
/// The appointment-reminder campaign, written as a customer would write it: dial, speak, gather one digit, hang up; leave a message where a
/// machine answers; a number of calls at a time; busy is called once more. What happens on a call is learnt from webhooks alone.
/// </summary>
/// <param name="recordings">Folder for what is said on the calls.</param>
internal sealed class CallOut(ReminderApi api, string connection, string from, string recordings, IReadOnlyList<Reminder> reminders,
    int atATime, Action<Reminder> changed)
{
    private const int RingSeconds = 20;
    /// <summary>The reminder takes eight to ten seconds to say; the rest is for the answer.</summary>
    private const int ListenMilliseconds = 17_000;
    private static readonly TimeSpan BusyPause = TimeSpan.FromSeconds(2);
    /// <summary>
    /// A whole attempt: ringing, both prompts, and generous room. Past it the attempt counts as failed, so that the demo always ends.
    /// </summary>
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(60);

    public async Task RunAsync(CancellationToken stop)
    {
        await Parallel.ForEachAsync(reminders, new ParallelOptions { MaxDegreeOfParallelism = atATime, CancellationToken = stop },
            async (reminder, stop) =>
            {
                await AttemptAsync(reminder, stop);
                if (reminder.Outcome is not Outcome.Busy) return;
                await Task.Delay(BusyPause, stop);
                await AttemptAsync(reminder, stop);
            });
    }

    private async Task AttemptAsync(Reminder reminder, CancellationToken stop)
    {
        reminder.Attempts++;
        reminder.AttemptEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        (reminder.Outcome, reminder.Detail, reminder.AnsweredBy) = (null, null, null);
        (reminder.IsLeavingMessage, reminder.HasLeftMessage) = (false, false);
        Enter(reminder, ReminderState.Dialling);
        try
        {
            var call = await api.PostAsync("v2/calls", new JsonObject
            {
                ["connection_id"] = connection,
                ["to"] = reminder.Contact.Phone,
                ["from"] = from,
                ["timeout_secs"] = RingSeconds,
                ["answering_machine_detection"] = "greeting_end",
                ["record"] = "record-from-answer",
                ["record_format"] = "wav",
                ["record_channels"] = "dual",
                ["client_state"] = reminder.ClientState,
            }, stop);
            reminder.Call = (string?)call["call_control_id"];
            await reminder.AttemptEnded.Task.WaitAsync(AttemptLimit, stop);
        }
        catch (ReminderApiException e)
        {
            Finish(reminder, Outcome.Failed, e.Message);
        }
        catch (TimeoutException)
        {
            Finish(reminder, Outcome.Failed, "no call.hangup arrived");
        }
    }

    /// <summary>One verified webhook: the <c>data</c> object.</summary>
    public async Task HandleAsync(JsonObject data)
    {
        if (data["payload"] is not JsonObject payload || Find(payload) is not { } reminder) return;
        string call = (string?)payload["call_control_id"] ?? "";
        switch ((string?)data["event_type"])
        {
            case "call.initiated":
                Enter(reminder, ReminderState.Ringing);
                break;
            case "call.answered":
                reminder.AnsweredAt = Time(data["occurred_at"]);
                Enter(reminder, ReminderState.Talking);
                await api.ActAsync(call, "speak",
                    new JsonObject { ["payload"] = reminder.Text, ["voice"] = "female", ["language"] = "en-US" }, default);
                break;
            case "call.speak.started" when !reminder.IsLeavingMessage && reminder.AnsweredBy is not "machine":
                // Listening begins with the first word, however long the voice took to find it: some people do not wait for the last one.
                await api.ActAsync(call, "gather", new JsonObject
                {
                    ["minimum_digits"] = 1, ["maximum_digits"] = 1,
                    ["valid_digits"] = "12", ["initial_timeout_millis"] = ListenMilliseconds, ["timeout_millis"] = ListenMilliseconds
                }, default);
                break;
            case "call.machine.detection.ended":
                reminder.AnsweredBy = (string?)payload["result"];
                // A machine's verdict ends the reminder and the gather; the message waits for the end of its greeting.
                if (reminder.AnsweredBy is "machine") Enter(reminder, ReminderState.Machine);
                break;
            case "call.machine.greeting.ended":
                reminder.IsLeavingMessage = true;
                await api.ActAsync(call, "speak",
                    new JsonObject { ["payload"] = reminder.Message, ["voice"] = "female", ["language"] = "en-US" }, default);
                break;
            case "call.speak.ended" when (string?)payload["status"] is "cancelled_amd":
                break;
            case "call.speak.ended" when reminder.IsLeavingMessage:
                reminder.HasLeftMessage = (string?)payload["status"] is "completed";
                await api.ActAsync(call, "hangup", [], default);
                break;
            case "call.speak.ended":
                Enter(reminder, ReminderState.Listening);
                break;
            case "call.gather.ended" when (string?)payload["status"] is "cancelled_amd":
                break;
            case "call.gather.ended":
                reminder.Digits = (string?)payload["digits"];
                reminder.GatherStatus = (string?)payload["status"];
                if (reminder.GatherStatus is not "call_hangup") await api.ActAsync(call, "hangup", [], default);
                break;
            case "call.hangup":
                if (reminder.AnsweredAt is { } answered) reminder.TalkTime += Time(data["occurred_at"]) - answered;
                Finish(reminder, Judge(reminder, payload), (string?)payload["hangup_cause"]);
                break;
            case "call.recording.saved":
                string file = Path.Combine(recordings,
                    string.Create(CultureInfo.InvariantCulture, $"{reminder.Number:00}-{Letters(reminder.Contact.Name)}.wav"));
                await api.DownloadAsync((string)payload["recording_urls"]!["wav"]!, file, default);     // the contract says so
                reminder.Recording = file;
                break;
        }
    }

    /// <summary>A name as part of a file name.</summary>
    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit));

    private static Outcome Judge(Reminder reminder, JsonObject payload) =>
        ((string?)payload["hangup_cause"], reminder.GatherStatus, reminder.Digits) switch
        {
            ("normal_clearing", _, _) when reminder.HasLeftMessage => Outcome.MessageLeft,
            ("user_busy", _, _) => Outcome.Busy,
            ("timeout" or "no_answer", _, _) => Outcome.NoAnswer,
            ("call_rejected", _, _) => Outcome.Declined,
            ("not_found", _, _) => Outcome.WrongNumber,
            ("normal_clearing", "valid", "1") => Outcome.Confirmed,
            ("normal_clearing", "valid", "2") => Outcome.Cancelled,
            ("normal_clearing", "invalid", _) => Outcome.OtherKey,
            ("normal_clearing", "timeout", _) => Outcome.NoInput,
            ("normal_clearing", null or "call_hangup", _) => Outcome.HungUp,
            _ => Outcome.Failed,
        };

    private Reminder? Find(JsonObject payload)
    {
        if ((string?)payload["client_state"] is not { } state) return null;
        string[] parts = Encoding.UTF8.GetString(Convert.FromBase64String(state)).Split(':');
        int index = int.Parse(parts[0], CultureInfo.InvariantCulture) - 1;
        return index >= 0 && index < reminders.Count
            && reminders[index].Attempts.ToString(CultureInfo.InvariantCulture) == parts[1] ? reminders[index] : null;
    }

    private void Enter(Reminder reminder, ReminderState state)
    {
        // Webhooks may overtake each other: a call never goes back to an earlier state.
        if (reminder.State is not ReminderState.Done && state is not ReminderState.Dialling && state < reminder.State) return;
        (reminder.State, reminder.ChangedAt) = (state, DateTimeOffset.UtcNow);
        changed(reminder);
    }

    private void Finish(Reminder reminder, Outcome outcome, string? detail)
    {
        (reminder.Outcome, reminder.Detail) = (outcome, detail);
        (reminder.State, reminder.ChangedAt) = (ReminderState.Done, DateTimeOffset.UtcNow);
        changed(reminder);
        reminder.AttemptEnded.TrySetResult();
    }

    private static DateTimeOffset Time(JsonNode? node) => DateTimeOffset.Parse((string)node!, CultureInfo.InvariantCulture);
}
