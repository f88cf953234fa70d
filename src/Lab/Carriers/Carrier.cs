namespace Ringwright.Lab.Carriers;

internal enum CarrierHabit
{
    /// <summary>
    /// Stays in the path by two Record-Route headers, as a proxy between two networks does, and passes nothing
    /// inside a dialog that does not name both.
    /// </summary>
    DoubleRecordRoute,
    /// <summary>Answers 183 with a description, 180 without one, and only then 200.</summary>
    RingsTwice,
    /// <summary>Ends the call right behind its 200, before the ACK can be there.</summary>
    EarlyBye,
    /// <summary>Shows a Contact that nobody outside its own network can reach.</summary>
    PrivateContact,
}

/// <summary>
/// A carrier with a bad habit: a trunk of the node's, and the numbers that its route takes. docs/reference/lab.md lists them for users.
/// </summary>
/// <param name="Name">Of the trunk.</param>
public sealed record Carrier(string Name, string Prefix)
{
    internal CarrierHabit Habit { get; private init; }

    public static IReadOnlyList<Carrier> All { get; } =
    [
        new("lab-record-route", "+155500902") { Habit = CarrierHabit.DoubleRecordRoute },
        new("lab-183", "+155500903") { Habit = CarrierHabit.RingsTwice },
        new("lab-early-bye", "+155500904") { Habit = CarrierHabit.EarlyBye },
        new("lab-private-contact", "+155500905") { Habit = CarrierHabit.PrivateContact },
    ];
}
