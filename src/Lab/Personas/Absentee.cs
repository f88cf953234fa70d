namespace Ringwright.Lab.Personas;

/// <summary>Lets the phone ring for ever.</summary>
internal sealed class Absentee : Persona;
