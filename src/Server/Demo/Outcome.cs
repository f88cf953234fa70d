namespace Ringwright.Server.Demo;

/// <summary>How the call-out to one contact ended.</summary>
internal enum Outcome { Confirmed, Cancelled, OtherKey, NoInput, HungUp, Busy, NoAnswer, Declined, WrongNumber, Failed }

/// <summary>What the lab's person behind a number must lead to. Written from the lab's directory in docs/reference/lab.md, not from its code.</summary>
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
                > 25 => [Outcome.NoInput],
                _ => [Outcome.HungUp, Outcome.NoInput],
            };
        return phone[..8] switch
        {
            "+1555000" or "+1555008" => [Outcome.NoInput],
            "+1555002" => [Outcome.Busy],
            "+1555003" => [Outcome.NoAnswer],
            "+1555004" => [Outcome.Declined],
            "+1555007" => phone[8] switch { '1' => [Outcome.Confirmed], '2' => [Outcome.Cancelled], _ => [Outcome.OtherKey] },
            _ => [Outcome.WrongNumber],
        };
    }
}
