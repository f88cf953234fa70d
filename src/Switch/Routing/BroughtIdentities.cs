using Ringwright.Calls;
using Ringwright.Sip;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Routing;

/// <summary>Reads what the INVITE of a trunk says of its caller: verification, attestation, and what was signed.</summary>
internal static class BroughtIdentities
{
    private const string Passed = "TN-Validation-Passed", Failed = "TN-Validation-Failed", NotDone = "No-TN-Validation";

    /// <summary>Null when it says nothing. Only to be asked of a trunk's request, and of no caller who hides.</summary>
    public static BroughtIdentity? Of(SipRequest invite)
    {
        var (verification, level) = (default(CallerVerification?), default(AttestationLevel?));
        foreach (var value in invite.Values(SipHeader.PAssertedIdentity)) Read(VerdictOf(value), ref verification, ref level);
        Read(VerdictOf(invite.First(SipHeader.From)), ref verification, ref level);
        foreach (string name in CallerAttestation.VerificationHeaders)
            Read(invite.First(System.Text.Encoding.ASCII.GetBytes(name)).AsText(), ref verification, ref level);
        foreach (string name in CallerAttestation.LevelHeaders)
            if (LevelOf(invite.First(System.Text.Encoding.ASCII.GetBytes(name)).AsText().Trim()) is { } said)
            {
                level = said;
                break;
            }
        List<string> passports = [];
        foreach (var line in invite.Lines)
            if ((line.Name.AsText() is var name && (name.Equals("Identity", StringComparison.OrdinalIgnoreCase) || name is "y" or "Y"))
                && passports.Count < Limits.Passports && line.Value.Length <= Limits.PassportBytes) passports.Add(line.Value.AsText());
        return verification is null && level is null && passports.Count == 0 ? null : new()
        {
            Attestation = verification is null && level is null ? null : new(level, verification), Passports = passports,
        };
    }

    /// <summary>The user part, or the URI, without a verstat: whoever sees it later cannot know whether a trunk has said that.</summary>
    public static string WithoutVerdict(string user)
    {
        int at = user.IndexOf(";verstat", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return user;
        int end = user.AsSpan(at + 1).IndexOfAny(';', '@', '>');
        return WithoutVerdict(end < 0 ? user[..at] : user[..at] + user[(at + 1 + end)..]);
    }

    /// <summary>A telephone number's parameter stands in the user part of a SIP URI; carriers also put it behind either.</summary>
    private static string VerdictOf(ReadOnlySpan<byte> value)
    {
        if (NameAddress.TryParse(value, out var address) is not ParseStatus.Ok) return "";
        var uri = address.ParseUri();
        int semicolon = uri.User.IndexOf((byte)';');
        if (semicolon >= 0 && new SipParameters(uri.User[semicolon..]).TryFind("verstat"u8, out var said)) return said.AsText();
        if (uri.Parameters.TryFind("verstat"u8, out said) || address.Parameters.TryFind("verstat"u8, out said)) return said.AsText();
        return "";
    }

    /// <summary>The first that says something counts; some carriers put the level behind it ("TN-Validation-Passed-A").</summary>
    private static void Read(string verdict, ref CallerVerification? verification, ref AttestationLevel? level)
    {
        if (verification is not null) return;
        verdict = verdict.Trim(' ', '"');
        foreach (var (text, meaning) in ((string, CallerVerification)[])[(Passed, CallerVerification.Passed),
            (Failed, CallerVerification.Failed), (NotDone, CallerVerification.NotDone)])
        {
            if (!verdict.StartsWith(text, StringComparison.OrdinalIgnoreCase)) continue;
            string rest = verdict[text.Length..];
            if (rest.Length > 0 && !(rest.Length == 2 && rest[0] == '-' && LevelOf(rest[1..]) is not null)) return;
            verification = meaning;
            if (rest.Length > 0) level ??= LevelOf(rest[1..]);
            return;
        }
    }

    private static AttestationLevel? LevelOf(string text) => text switch
    {
        "A" or "a" => AttestationLevel.A,
        "B" or "b" => AttestationLevel.B,
        "C" or "c" => AttestationLevel.C,
        _ => null,
    };
}
