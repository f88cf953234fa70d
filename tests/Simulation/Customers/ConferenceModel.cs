namespace Ringwright.Simulation;

/// <summary>
/// Conferences in the contract's words: what it answers to each command, who takes part how, and so who hears whom. Written from those
/// words alone; it shares nothing with the switch. Commands come one after the other. Their answer is the error's code, null for 200.
/// </summary>
internal sealed class ConferenceModel
{
    public const string BadRequest = "10015", NameTaken = "10012", Ended = "90019", Full = "90032", Unknown = "90058", AlreadyIn = "90044";

    private readonly List<Room> _rooms = [];

    /// <summary>One call that is up.</summary>
    public sealed class Guest(SimPhone phone)
    {
        public SimPhone Phone => phone;
        public Room? In { get; set; }
        public bool IsMuted { get; set; }
        public bool IsOnHold { get; set; }
        public bool EndsRoom { get; set; }
        public bool EndsSoftly { get; set; }
        /// <summary>none, barge, monitor or whisper.</summary>
        public string Role { get; set; } = "none";
        public HashSet<Guest> WhispersTo { get; init; } = [];
        /// <summary>Tones, in Hz: what it hears on hold, and what is played to it alone.</summary>
        public int? HoldTone { get; set; }
        public int? PlayedTo { get; set; }
        /// <summary>Whom it is bridged to.</summary>
        public Guest? Partner { get; set; }
        /// <summary>It stays up when the bridge is over.</summary>
        public bool Parks { get; set; }
        public bool IsGone { get; set; }
    }

    public sealed class Room(string name, int most, bool isStarted, int? waitTone)
    {
        public string Name => name;
        public int Most => most;
        /// <summary>Heard by all who wait for it to start.</summary>
        public int? WaitTone => waitTone;
        public bool IsStarted { get; set; } = isStarted;
        public bool IsOver { get; set; }
        /// <summary>Heard by all over what is said.</summary>
        public int? Plays { get; set; }
        public List<Guest> Guests { get; } = [];
    }

    /// <summary>The live one of that name, or the last.</summary>
    public Room? Find(string name) => _rooms.FindLast(room => room.Name == name);

    public string? Create(Guest creator, Room room)
    {
        if (Find(room.Name) is { IsOver: false }) return NameTaken;
        _rooms.Add(room);
        Enter(creator, room, new(creator.Phone));
        return null;
    }

    /// <param name="how">How it takes part.</param>
    public string? Join(Guest guest, string name, Guest how, bool starts)
    {
        if (Find(name) is not { } room) return Unknown;
        if (guest.In == room) return AlreadyIn;
        if (room.IsOver) return Ended;
        if (room.Guests.Count >= room.Most) return Full;
        Enter(guest, room, how);
        room.IsStarted |= starts;
        return null;
    }

    public string? Leave(Guest guest, string name)
    {
        if (Find(name) is not { } room) return Unknown;
        if (room.IsOver) return Ended;
        if (guest.In != room) return BadRequest;
        Leave(guest);
        return null;
    }

    /// <summary>A command to those listed, or to all when none are.</summary>
    public string? Each(string name, IReadOnlyList<Guest> listed, Action<Guest> act)
    {
        if (Find(name) is not { } room) return Unknown;
        if (room.IsOver) return Ended;
        if (listed.Any(guest => guest.In != room)) return BadRequest;
        foreach (var guest in listed.Count > 0 ? listed : [.. room.Guests]) act(guest);
        return null;
    }

    public string? Do(string name, Action<Room> act)
    {
        if (Find(name) is not { } room) return Unknown;
        if (room.IsOver) return Ended;
        act(room);
        return null;
    }

    public void Bridge(Guest commanded, Guest other, bool parks)
    {
        foreach (var one in (Guest[])[commanded, other])
        {
            if (one.Partner != (one == commanded ? other : commanded)) Unbridge(one);
            Leave(one);
        }
        (commanded.Partner, other.Partner, commanded.Parks, other.Parks) = (other, commanded, parks, false);
    }

    public void HangUp(Guest guest)
    {
        if (guest.IsGone) return;
        guest.IsGone = true;
        Unbridge(guest);
        Leave(guest);
    }

    /// <summary>The voice of the other is in what one hears.</summary>
    public static bool Hears(Guest one, Guest other)
    {
        if (one == other || one.IsGone || other.IsGone || one.PlayedTo is not null) return false;
        if (one.Partner == other) return true;
        if (one.In is not { IsStarted: true } room || other.In != room || one.IsOnHold || other.IsOnHold || other.IsMuted) return false;
        return other.Role switch { "monitor" => false, "whisper" => other.WhispersTo.Contains(one), _ => true };
    }

    /// <summary>The tone that is played to it, if one is.</summary>
    public static int? HearsTone(Guest one)
    {
        if (one.IsGone || one.In is not { } room) return null;
        if (one.PlayedTo is { } own) return own;
        if (one.IsOnHold) return one.HoldTone;
        return room.IsStarted ? room.Plays : one.HoldTone ?? room.WaitTone;
    }

    private static void Enter(Guest guest, Room room, Guest how)
    {
        Unbridge(guest);
        Leave(guest);
        guest.In = room;
        room.Guests.Add(guest);
        (guest.IsMuted, guest.IsOnHold, guest.EndsRoom, guest.EndsSoftly) = (how.IsMuted, how.IsOnHold, how.EndsRoom, how.EndsSoftly);
        (guest.Role, guest.HoldTone) = (how.Role, how.HoldTone);
        guest.WhispersTo.UnionWith(how.WhispersTo);
    }

    private static void Leave(Guest guest)
    {
        if (guest.In is not { } room) return;
        bool ends = guest.EndsRoom, endsSoftly = guest.EndsSoftly;
        Part(guest, room);
        foreach (var other in room.Guests) other.WhispersTo.Remove(guest);
        room.IsOver = ends || endsSoftly || room.Guests.Count == 0;
        if (!room.IsOver) return;
        foreach (var other in room.Guests.ToArray())
        {
            Part(other, room);
            other.IsGone |= ends;
        }
    }

    private static void Part(Guest guest, Room room)
    {
        room.Guests.Remove(guest);
        (guest.In, guest.IsMuted, guest.IsOnHold, guest.EndsRoom, guest.EndsSoftly) = (null, false, false, false, false);
        (guest.Role, guest.HoldTone, guest.PlayedTo) = ("none", null, null);
        guest.WhispersTo.Clear();
    }

    /// <summary>Whoever it was bridged to is hung up, or stays.</summary>
    private static void Unbridge(Guest guest)
    {
        if (guest.Partner is not { } partner) return;
        guest.Partner = partner.Partner = null;
        partner.IsGone |= !partner.Parks;
    }
}
