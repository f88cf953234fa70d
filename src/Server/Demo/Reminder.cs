using System.Text;

namespace Ringwright.Server.Demo;

internal enum ReminderState { Waiting, Dialling, Ringing, Talking, Listening, Machine, Done }

/// <summary>The call-out to one contact: what happened so far. Written by one webhook at a time.</summary>
internal sealed class Reminder(int number, Contact contact)
{
    public int Number { get; } = number;
    public Contact Contact { get; } = contact;
    public ReminderState State { get; set; } = ReminderState.Waiting;
    public int Attempts { get; set; }
    public string? Call { get; set; }
    public string? Digits { get; set; }
    public string? GatherStatus { get; set; }
    /// <summary>What call.machine.detection.ended said: human, machine or not_sure.</summary>
    public string? AnsweredBy { get; set; }
    public bool IsLeavingMessage { get; set; }
    public bool HasLeftMessage { get; set; }
    /// <summary>Where what was said on the call was saved.</summary>
    public string? Recording { get; set; }
    public DateTimeOffset? AnsweredAt { get; set; }
    public TimeSpan TalkTime { get; set; }
    public Outcome? Outcome { get; set; }
    public string? Detail { get; set; }
    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>Completes when the current attempt has ended.</summary>
    public TaskCompletionSource AttemptEnded { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsAsExpected => Outcome is { } outcome && Expected.For(Contact.Phone).Contains(outcome);

    /// <summary>Goes out with the call and comes back in each webhook: whose call it is, and which attempt.</summary>
    public string ClientState => Convert.ToBase64String(Encoding.UTF8.GetBytes(Attempt));

    /// <summary>The same in plain.</summary>
    public string Attempt => $"{Number}:{Attempts}";

    /// <summary>For a machine: nobody is there to press a key.</summary>
    public string Message =>
        $"This is a message for {Contact.Name}. We expect you {Contact.Appointment}. Please call us if you cannot come. Goodbye.";

    public string Text =>
        $"Hello {Contact.Name}. This is a reminder of your appointment {Contact.Appointment}. Please press 1 to confirm, or 2 to cancel.";
}
