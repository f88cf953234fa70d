namespace Ringwright.Server.Settings;

/// <summary>
/// What virtual time cannot be together with. Time goes on when nothing is open, and of what other processes and machines have open the
/// node knows nothing.
/// </summary>
internal static class VirtualRules
{
    /// <exception cref="StartRefused">One of them was asked for.</exception>
    public static void Check(ServeSettings settings)
    {
        if (!settings.HasLab)
            throw new StartRefused("--clock virtual needs --lab: only its people live by the same clock");
        if (settings.HasMediaProcess)
            throw new StartRefused("--clock virtual runs audio inline: leave out --media process");
        if (settings.Networks.Any(network => network.SipTls is not null))
            throw new StartRefused("--clock virtual has no --sip-tls: connections live by the wall clock");
        if (settings.Database?.StartsWith("postgres", StringComparison.OrdinalIgnoreCase) is true)
            throw new StartRefused("--clock virtual needs a database in a file: other nodes would live by another clock");
        if (!settings.IsOnLoopbackOnly)
            throw new StartRefused("--clock virtual is for tests on one machine: every listener must be on loopback");
    }

    /// <summary>A folder that virtual time has used says so for good.</summary>
    public const string MarkName = "virtual-clock";

    /// <summary>
    /// A run begins with a folder that no node has used: rows of two clocks in one database would be out of order.
    /// </summary>
    /// <exception cref="StartRefused">The folder belongs to the other clock, or to an earlier run.</exception>
    public static void Claim(ServeSettings settings)
    {
        string mark = Path.Combine(settings.Data, MarkName);
        if (settings.VirtualStart is not { } start)
        {
            if (File.Exists(mark))
                throw new StartRefused($"{settings.Data} was used with --clock virtual, whose times are not the wall clock's: "
                    + "take another --data");
            return;
        }
        if (File.Exists(mark) || Directory.Exists(settings.Data) && Directory.EnumerateFiles(settings.Data, "*.db").Any())
            throw new StartRefused($"{settings.Data} was used before: virtual time begins anew at each start, so give it an empty --data");
        Directory.CreateDirectory(settings.Data);
        File.WriteAllText(mark, start.ToString("O"));
    }
}
