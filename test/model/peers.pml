/*
 * Peers that claim tasks from Postgres and publish to a store: lease, fence, recovery, publication.
 * README.md explains the model. One task, because tasks do not know of one another; WORKERS peers.
 *
 * Each atomic block is one SQL statement or one request to the store. Between any two of them a worker
 * may crash or freeze, the database may go away, and time may pass.
 */

#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef CRASHES
#define CRASHES 1       /* one less than WORKERS leaves one alive */
#endif
#ifndef FREEZES
#define FREEZES 1
#endif
#ifndef OUTAGES
#define OUTAGES 1
#endif
#ifndef REDRIVES
#define REDRIVES 1
#endif
#ifndef FAILURES
#define FAILURES 1
#endif
#ifndef PARTS
#define PARTS 1
#endif

#define TTL 2           /* ticks; a healthy worker beats in each */
#define CLAIMS 8        /* more than the budgets above allow; asserted */
#define NOBODY 255

mtype = { READY, RUNNING, DONE, DEAD };

/* Postgres: the task's row, and a lease a worker. Ages, not times: the clock is Postgres's own. */
mtype state = READY;
byte owner = NOBODY;
byte fence = 0;
byte sequence = 0;
byte part_fence[PARTS];         /* fleet.part: the fence under which each part was committed; 0: it is not */
bool leased[WORKERS];
byte left[WORKERS];             /* ticks until the lease is over */
byte unbroken[WORKERS];         /* ticks since it began, TTL at most */

/* The store. A file's content is the number of the claim under which it was written. */
byte part_file[PARTS * CLAIMS];
byte data_file[CLAIMS];
bool marked = false;            /* success.json is there, */
byte marked_key;                /* names this data file, */
byte marked_content;            /* whose checksum is this */

/* The world. */
bool database = true;
byte outage = 0;                /* how long it has been away, TTL at most */
bool alive[WORKERS];
bool frozen[WORKERS];
bool beaten[WORKERS];           /* in this tick */
byte crashes = 0;
byte freezes = 0;
byte outages = 0;
byte redrives = 0;
byte failures = 0;

/* What only the checker knows. */
byte claims = 0;                /* numbers every claim; what a fence must be as good as */
bool excused[WORKERS];          /* since its last beat the worker was not well, or the outage was a short one */

#define UP(w) (alive[w] && !frozen[w])
#define LIVE(w) (leased[w] && left[w] > 0)
#define ENDED (state == DONE || state == DEAD)

#ifdef DATA_UNFENCED
#define KEY(f) 0
#else
#define KEY(f) f
#endif

#define HELD_BY(w, f) (state == RUNNING && owner == w && fence == f)
#ifdef PART_UNFENCED
#define MAY_COMMIT(f) (state == RUNNING)
#else
#define MAY_COMMIT(f) (state == RUNNING && fence == f)
#endif
#ifdef COMPLETE_UNFENCED
#define MAY_COMPLETE(w, f) (state == RUNNING)
#else
#define MAY_COMPLETE(w, f) HELD_BY(w, f)
#endif

#ifdef RECOVER_LIVE
#define OVER(v) leased[v]
#else
#define OVER(v) (leased[v] && left[v] == 0)
#endif
#ifdef RECOVER_BROKEN
#define MAY_RECOVER(w) LIVE(w)
#else
#define MAY_RECOVER(w) (LIVE(w) && unbroken[w] >= TTL)
#endif

#define RESTED(v) (!UP(v) || beaten[v])
#if WORKERS == 3
#define ALL_RESTED (RESTED(0) && RESTED(1) && RESTED(2))
#else
#define ALL_RESTED (RESTED(0) && RESTED(1))
#endif

inline beat(w) {
  if
  :: left[w] == 0 -> unbroken[w] = 0
  :: else
  fi;
  left[w] = TTL;
  excused[w] = false
}

/* ready -> running, under a fence that no claim had before. */
inline take(w, f, n) {
  assert(state == READY);
  assert(leased[w]);
  state = RUNNING;
  owner = w;
  claims++;
  assert(claims < CLAIMS);
  sequence++;
  fence = sequence;
  f = fence;
  n = claims
}

inline complete(w, f, n) {
  if
  :: MAY_COMPLETE(w, f) ->
    assert(n == claims);
    assert(marked);
    state = DONE;
    owner = NOBODY
  :: else -> goto lost
  fi
}

inline commit_part(f, n, p) {
  if
  :: MAY_COMMIT(f) ->
    assert(n == claims);
    part_fence[p] = f
  :: else -> goto lost
  fi
}

/* A worker's way with the task that it holds, or thinks that it holds, under fence f. */
proctype Worker(byte w) {
  byte f, n, p;
  bool current;
idle:
#if defined(CLAIM_RACY)
  atomic { UP(w) && database && LIVE(w) && state == READY };
  atomic { UP(w) && database -> take(w, f, n) };
#elif defined(CLAIM_UNLOCKED)
  atomic { UP(w) && database && LIVE(w) };
  atomic { UP(w) && database && state == READY -> take(w, f, n) };
#else
  atomic { UP(w) && database && LIVE(w) && state == READY -> take(w, f, n) };
#endif

  /* Starts after the last committed part. */
  do
  :: p < PARTS && part_fence[p] != 0 -> p++
  :: p < PARTS && part_fence[p] == 0 ->
    if
#ifdef PART_ROW_FIRST
    :: atomic { UP(w) && database -> commit_part(f, n, p) };
       atomic { UP(w) -> part_file[p * CLAIMS + f] = n; p++ }
#else
    :: atomic { UP(w) -> part_file[p * CLAIMS + f] = n };
       atomic { UP(w) && database -> commit_part(f, n, p); p++ }
#endif
    :: atomic { UP(w) && database && failures < FAILURES ->
        if
        :: HELD_BY(w, f) -> failures++; owner = NOBODY;
          if
          :: state = READY    /* retryable */
          :: state = DEAD     /* terminal */
          fi
        :: else
        fi;
        goto lost }
    fi
  :: p == PARTS -> break
  od;

  /* The data file, from the parts of all attempts. */
  atomic { UP(w) ->
    for (p : 0 .. PARTS - 1) {
      assert(part_file[p * CLAIMS + part_fence[p]] != 0)
    }
    data_file[KEY(f)] = n;
    assert(!marked || data_file[marked_key] == marked_content);
    current = HELD_BY(w, f)
  };
#ifdef COMPLETE_FIRST
  atomic { UP(w) && database -> complete(w, f, n) };
#endif
#ifndef UNCONFIRMED
  atomic { UP(w) && database ->
    if
    :: HELD_BY(w, f) && leased[w] -> beat(w)
    :: else -> goto lost
    fi };
#endif
  atomic { UP(w) ->
    if
#ifdef MARKER_UNCONDITIONAL
    :: true ->
#else
    :: !marked ->
#endif
      assert(!marked);
      assert(current);
      marked = true;
      marked_key = KEY(f);
      marked_content = n;
      assert(data_file[marked_key] == n)
#ifndef MARKER_UNCONDITIONAL
    :: else    /* 412: an earlier owner published; its marker is adopted */
#endif
    fi };
#ifndef COMPLETE_FIRST
  atomic { UP(w) && database -> complete(w, f, n) };
#endif
lost:
  atomic { f = 0; n = 0; p = 0; current = false; goto idle }
}

/* Takes the task of a worker whose lease is over, and its lease. */
inline recover(w, v) {
#ifdef RECOVER_STALE
  atomic { UP(w) && database && MAY_RECOVER(w) && OVER(v) };
  atomic { UP(w) && database ->
#else
  atomic { UP(w) && database && MAY_RECOVER(w) && OVER(v) ->
#endif
    if
    :: state == RUNNING && owner == v -> assert(excused[v]); state = READY; owner = NOBODY
    :: else
    fi;
    leased[v] = false
  }
}

/* The same worker's other threads: one registers and beats once a tick, */
proctype Pulse(byte w) {
  do
  :: atomic { UP(w) && database && !beaten[w] ->
      if
      :: leased[w] -> beat(w)
      :: else -> leased[w] = true; left[w] = TTL; unbroken[w] = 0; excused[w] = false
      fi;
      beaten[w] = true }
  od
}

/* one sweeps. */
proctype Sweep(byte w) {
  do
  :: recover(w, (w + 1) % WORKERS)
#if WORKERS == 3
  :: recover(w, (w + 2) % WORKERS)
#endif
  od
}

/* A crashed worker is gone for good; a frozen one wakes, and goes on where it was. */
proctype Fate(byte w) {
  do
  :: atomic { alive[w] && crashes < CRASHES -> crashes++; alive[w] = false; excused[w] = true; break }
  :: atomic { UP(w) && freezes < FREEZES -> freezes++; frozen[w] = true; excused[w] = true }
  :: atomic { frozen[w] -> frozen[w] = false }
  od
}

proctype Outages() {
  byte i;
  do
  :: atomic { database && outages < OUTAGES -> outages++; database = false }
  :: atomic { !database -> database = true;
      if
      :: outage < TTL ->
        /* Shorter than a lease: some may have run out and others not. */
        for (i : 0 .. WORKERS - 1) { excused[i] = true }
      :: else
      fi;
      i = 0;
      outage = 0 }
  od
}

/* Time passes when every worker that is well has done what it does in a tick. */
proctype Clock() {
  byte i;
  do
  :: atomic { !database || ALL_RESTED ->
      for (i : 0 .. WORKERS - 1) {
        left[i] = (left[i] > 0 -> left[i] - 1 : 0);
        unbroken[i] = (unbroken[i] < TTL -> unbroken[i] + 1 : TTL);
        beaten[i] = false
      }
      i = 0;
      outage = (!database && outage < TTL -> outage + 1 : outage) }
  od
}

proctype Operator() {
  do
  :: atomic { database && state == DEAD && redrives < REDRIVES ->
      redrives++;
#ifdef FENCE_RESTARTS
      sequence = 0;
#endif
      state = READY }
  od
}

init {
  byte w;
  atomic {
    for (w : 0 .. WORKERS - 1) {
      alive[w] = true;
      run Worker(w);
      run Pulse(w);
#ifndef UNRECOVERED
      run Sweep(w);
#endif
      run Fate(w)
    }
    w = 0;
    run Outages();
    run Clock();
    run Operator()
  }
}

/* Nothing is lost: whatever happens, with a worker left alive the task ends. */
ltl ends { <> (state == DONE || state == DEAD) }
