namespace Ringwright.Server.Demo;

/// <summary>How the call-out to one contact ended.</summary>
internal enum Outcome { Confirmed, Cancelled, OtherKey, NoInput, MessageLeft, HungUp, Busy, NoAnswer, Declined, WrongNumber, Failed }

/// <summary>
/// What the lab's person behind a number must lead to. Written from the lab's directory in docs/reference/lab.md, not from its code.
/// </summary>
internal static class Expected
{
    /// <summary>The outcomes that are right for the number; several only where the person's timing decides.</summary>
    public static IReadOnlyList<Outcome> For(string phone)
    {
        if (phone.Length != 12) return [Outcome.WrongNumber, Outcome.Failed];
        if (phone.StartsWith("+155500900", StringComparison.Ordinal))
            return int.Parse(phone.AsSpan(10), System.Globalization.CultureInfo.InvariantCulture) switch
            {
                < 5 => [Outcome.HungUp],
                // Whoever talks on is a machine, and gets a message.
                > 25 => [Outcome.MessageLeft],
                _ => [Outcome.HungUp, Outcome.MessageLeft],
            };
        // A person on a bad line, and behind carriers with habits.
        if (phone.StartsWith("+15550090", StringComparison.Ordinal) && phone[9] is >= '1' and <= '5')
            return phone[9] == '4' ? [Outcome.HungUp] : [Outcome.NoInput];
        return phone[..8] switch
        {
            "+1555000" => [Outcome.NoInput],
            "+1555001" or "+1555006" => [Outcome.MessageLeft],
            // An echo of a reminder sounds like a machine that talks.
            "+1555008" => [Outcome.MessageLeft, Outcome.NoInput],
            "+1555002" => [Outcome.Busy],
            "+1555003" => [Outcome.NoAnswer],
            "+1555004" => [Outcome.Declined],
            "+1555007" => phone[8] switch { '1' => [Outcome.Confirmed], '2' => [Outcome.Cancelled], _ => [Outcome.OtherKey] },
            _ => [Outcome.WrongNumber],
        };
    }
}
