namespace Ringwright.Pure.Sip.Torture;

/// <summary>A message after a section of RFC 4475, in our own words, and what must become of it.</summary>
/// <param name="Outcome">200 is "reached the user agent and was understood"; 0 is "dropped without an answer";
/// else the status it is answered with.</param>
internal sealed record TortureCase(string Section, string Name, int Outcome, string Text);
